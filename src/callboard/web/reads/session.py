"""All that the page of one session shows, and the lists of sessions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from callboard.cases.models import Case
from callboard.lib.errors import NotFound
from callboard.people import queries as people
from callboard.people.models import ConsentKind
from callboard.sessions.models import Participant, Session
from callboard.web.reads import log
from callboard.web.reads.seats import Promise, Seat, promises, seats


@dataclass(frozen=True)
class Story:
    """One session from its plan to its end; what was measured of it is in `reads.measures`.

    `lacking`: for want of whose consent it is not recorded.
    """

    session: Session
    seats: list[Seat]
    promises: list[Promise]
    cases: list[Case]
    told: list[log.Seen]
    names: dict[str, str]
    lacking: list[str]


@dataclass(frozen=True)
class Listed:
    sessions: list[Session]
    seats: dict[int, list[Seat]]
    promises: dict[int, list[Promise]]
    cases: dict[int, list[Case]]
    more: bool


def by_key(key: str, *, person: int | None = None, student_of: int | None = None) -> Session:
    """The session of that key; raises NotFound also where the person asking has no part in it."""
    rows = Session.objects.select_related("room").filter(key=key)
    if person is not None:
        rows = rows.filter(
            pk__in=Participant.objects.filter(person_id=person, active=True).values("session_id")
        )
    if student_of is not None:
        rows = rows.filter(
            pk__in=Participant.objects.filter(person__guardians__guardian_id=student_of, active=True).values(
                "session_id"
            )
        )
    session = rows.first()
    if session is None:
        raise NotFound
    return session


def story(session: Session) -> Story:
    roster = seats([session.pk]).get(session.pk, [])
    cases = list(
        Case.objects.filter(session=session).select_related("person", "owner__user").order_by("raised_at")
    )
    for case in cases:
        case.session = session
    return Story(
        session,
        roster,
        promises([session.pk]).get(session.pk, []),
        cases,
        log.events(session.key, log.TELLING),
        {seat.key: seat.name for seat in roster},
        _lacking(session, roster),
    )


def _lacking(session: Session, roster: list[Seat]) -> list[str]:
    """The names of those for want of whose consent it is not recorded."""
    if session.recording_wanted or not session.consents_missing:
        return []
    who = people.lacking_consent([seat.person for seat in roster], ConsentKind.RECORDING)
    return [seat.name for seat in roster if seat.person in set(who)]


def listed(rows: QuerySet[Session], start: int, length: int) -> Listed:
    """One page of a list of sessions, with what a row shows. Four queries."""
    found = list(rows.select_related("room")[start : start + length + 1])
    shown = found[:length]
    keys = [session.pk for session in shown]
    cases: dict[int, list[Case]] = defaultdict(list)
    for case in Case.objects.filter(session_id__in=keys, over_at=None).order_by("raised_at"):
        if case.session_id is not None:
            cases[case.session_id].append(case)
    return Listed(shown, seats(keys), promises(keys), cases, len(found) > length)


def between(start: datetime, end: datetime) -> QuerySet[Session]:
    return Session.objects.filter(starts_at__gte=start, starts_at__lt=end).order_by(
        "starts_at", "title", "pk"
    )


def of_person(person: int) -> QuerySet[Session]:
    return of_people([person])


def of_people(those: list[int]) -> QuerySet[Session]:
    mine = Participant.objects.filter(person_id__in=those, active=True).values("session_id")
    return Session.objects.filter(pk__in=mine)


def of_wards(guardian: int) -> QuerySet[Session]:
    theirs = Participant.objects.filter(person__guardians__guardian_id=guardian, active=True).values(
        "session_id"
    )
    return Session.objects.filter(pk__in=theirs)


def matching(text: str) -> QuerySet[Session]:
    """Sessions whose title or people hold the text, the nearest in time first."""
    people = Participant.objects.filter(person__name__icontains=text, active=True).values("session_id")
    return Session.objects.filter(Q(title__icontains=text) | Q(key=text) | Q(pk__in=people)).order_by(
        "-starts_at"
    )
