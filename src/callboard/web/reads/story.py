"""One session from its plan to its end, as its page tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from callboard.cases.models import Case
from callboard.lib.together import Row, made, select, together
from callboard.people import queries as people
from callboard.people.models import ConsentKind, Person
from callboard.sessions.models import Recording, Session
from callboard.web.reads import log
from callboard.web.reads.seats import Promise, Seat, seat
from callboard.web.reads.strips import CASE, MEMBERS, PERSON, member

DEEDS = 20
"""So many of the latest are told."""


class Asked(NamedTuple):
    """Something that was asked of the session; `who` is empty where the system did by itself."""

    name: str
    state: str
    asked_at: datetime
    usual_s: int
    settled_at: datetime | None
    words: str
    who: str


@dataclass(frozen=True)
class Story:
    """What was measured of it is in `reads.measures`. `deeds` are the latest first.

    `lacking`: for want of whose consent it is not recorded.
    """

    session: Session
    seats: list[Seat]
    promises: list[Promise]
    cases: list[Case]
    told: list[log.Seen]
    deeds: list[Asked]
    recordings: list[Recording]
    names: dict[str, str]
    lacking: list[str]


def story(session: Session) -> Story:
    """All of it in one round trip: asked of the ORM, it was a third of the page."""
    asked = {"session": session.pk, "key": session.key, "telling": list(log.TELLING), "deeds": DEEDS}
    roster, promised, cases, subjects, owners, told, deeds, recordings = together(_STATEMENTS, asked)
    seats = [seat(*row) for row in roster]
    return Story(
        session,
        seats,
        [Promise(*row) for row in promised],
        _cases(session, cases, subjects, owners),
        log.seen(told),
        [Asked(*row) for row in deeds],
        _recordings(session, recordings),
        {each.key: each.name for each in seats},
        _lacking(session, seats),
    )


def _cases(session: Session, rows: list[Row], subjects: list[Row], owners: list[Row]) -> list[Case]:
    by_person = {each.pk: each for each in made(Person, PERSON, subjects)}
    by_owner = {each.pk: each for each in map(member, owners)}
    cases = made(Case, _CASE, rows)
    for case in cases:
        case.session = session
        case.person = by_person.get(case.person_id or 0)
        case.owner = by_owner.get(case.owner_id or 0)
    return cases


def _recordings(session: Session, rows: list[Row]) -> list[Recording]:
    recordings = made(Recording, _RECORDING, rows)
    for recording in recordings:
        recording.session = session
    return recordings


def _lacking(session: Session, roster: list[Seat]) -> list[str]:
    """The names of those for want of whose consent it is not recorded."""
    if session.recording_wanted or not session.consents_missing:
        return []
    who = set(people.lacking_consent([each.person for each in roster], ConsentKind.RECORDING))
    return [each.name for each in roster if each.person in who]


_CASE = (*CASE, "why", "details")
_RECORDING = tuple(field.attname for field in Recording._meta.concrete_fields)
_ITS_CASES = "FROM callboard_cases_case WHERE organization_id = %(organization)s AND session_id = %(session)s"
_STATEMENTS = (
    """
SELECT person.id, person.key, person.name, person.zone, person.phone, person.email, seat.role,
       seat.marked_absent_at
  FROM callboard_sessions_participant AS seat
  JOIN callboard_people_person AS person
    ON person.id = seat.person_id AND person.organization_id = %(organization)s
 WHERE seat.organization_id = %(organization)s AND seat.session_id = %(session)s AND seat.active
 ORDER BY seat.role <> 'instructor', person.name""",
    """
SELECT kind, person_id, due_at, status, met_at, why
  FROM callboard_expectations_expectation
 WHERE organization_id = %(organization)s AND session_id = %(session)s
 ORDER BY due_at, id""",
    select(Case, _CASE, "session_id = %(session)s ORDER BY raised_at"),
    select(Person, PERSON, f"id IN (SELECT person_id {_ITS_CASES})"),
    f"{MEMBERS} IN (SELECT owner_id {_ITS_CASES})",
    """
SELECT event_id, kind, participant, at, received_at, data
  FROM callboard_live_event
 WHERE organization_id = %(organization)s AND session = %(key)s AND kind = ANY(%(telling)s)
 ORDER BY seq""",
    """
SELECT deed.name, deed.state, deed.asked_at, deed.usual_s, deed.settled_at, deed.words,
       coalesce(nullif(login.name, ''), login.email, '')
  FROM callboard_sessions_deed AS deed
  LEFT JOIN callboard_people_member AS member
    ON member.id = deed.member_id AND member.organization_id = %(organization)s
  LEFT JOIN callboard_people_user AS login ON login.id = member.user_id
 WHERE deed.organization_id = %(organization)s AND deed.session_id = %(session)s
 ORDER BY deed.id DESC LIMIT %(deeds)s""",
    select(Recording, _RECORDING, "session_id = %(session)s ORDER BY started_at, id"),
)
