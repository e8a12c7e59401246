"""What erasing somebody would do, and asking for it. Both need the organization's scope."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from callboard.cases.models import Case
from callboard.lib import jobs, tenancy
from callboard.lib.errors import CallboardError, Conflict, NotFound
from callboard.people import queries
from callboard.people.access import Access
from callboard.people.erasure_models import Erasure, KeptRecordings
from callboard.people.models import ConsentWord, Member, Person
from callboard.people.operations import erasures
from callboard.people.records import CopyStatus, PersonCopy
from callboard.sessions import retention_queries
from callboard.sessions.models import ConfirmedDevice, JoinLink, Participant, Recording
from callboard.sessions.operations import erasing, handing
from callboard.workflows.erase_person.running import run


@dataclass(frozen=True)
class Preview:
    """What would go, counted. `refusal`: why it cannot be done now. `left_alone`: guardians who answer for
    nobody else; `wards`: whom nobody would answer for any more.
    """

    person: Person
    refusal: str
    doubles: int
    signs_in: bool
    to_come: int
    sessions: int
    recordings: int
    group_recordings: int
    words: int
    forms: int
    links: int
    copies: int
    cases: int
    left_alone: tuple[Person, ...]
    wards: tuple[Person, ...]


def preview(access: Access, person_id: int) -> Preview:
    """Raises NotFound, Forbidden."""
    access.require("people.erase")
    person = queries.person(person_id)
    if person is None or person.erased_at is not None:
        raise NotFound(_("There is no such person."), code="person_not_found")
    ids = queries.records_of([person.pk])
    refusal = ""
    try:
        _check_may_go([person.pk])
    except CallboardError as error:
        refusal = str(error)
    if person.merged_into_id is not None:
        refusal = _("This record is a part of another one. Erase that one.")
    if access.person == person.pk:
        refusal = _("You cannot erase yourself. Another admin can.")
    part = Participant.objects.filter(person_id__in=ids)
    sessions = set(part.values_list("session_id", flat=True))
    others = Participant.objects.filter(session_id__in=sessions, role="learner", active=True)
    groups = set(others.exclude(person_id__in=ids).values_list("session_id", flat=True))
    kept = Recording.objects.filter(session_id__in=sessions, deleted_at=None).exclude(location="")
    words = ConsentWord.objects.filter(person_id__in=ids)
    return Preview(
        person=person,
        refusal=refusal,
        doubles=len(ids) - 1,
        signs_in=Member.objects.filter(person_id__in=ids).exists(),
        to_come=sum(len(handing.sessions_to_come(each)) for each in ids),
        sessions=len(sessions),
        recordings=kept.count(),
        group_recordings=kept.filter(session_id__in=groups).count(),
        words=words.count(),
        forms=words.exclude(proof="").count(),
        links=JoinLink.objects.filter(person_id__in=ids).count()
        + ConfirmedDevice.objects.filter(person_id__in=ids, revoked_at=None).count(),
        copies=PersonCopy.objects.filter(person_id__in=ids, status=CopyStatus.READY).count(),
        cases=(Case.objects.filter(person_id__in=ids)).count(),
        left_alone=tuple(each for each in queries.guardians(person.pk) if len(queries.wards(each.pk)) == 1),
        wards=tuple(each for each in queries.wards(person.pk) if len(queries.guardians(each.pk)) == 1),
    )


def ask(access: Access, person_id: int, typed: str, kept_recordings: str = KeptRecordings.NONE) -> Erasure:
    """They are blank from here on, and a job does the rest. Needs an open transaction.

    Raises NotFound, Forbidden, Invalid by field, Conflict (`in_session`, `has_sessions`, `held`, `merged`,
    `oneself`).
    """
    access.require("people.erase")
    _check_may_go([person_id])
    erasure = erasures.ask_erasure(access, person_id, typed, kept_recordings)
    jobs.defer(run, organization=access.organization, erasure=erasure.pk)
    return erasure


def ask_by_policy(person_id: int) -> Erasure:
    """The same for someone who is kept no longer, whom nothing holds. Recordings of groups stay: they have
    days of their own. Needs an open transaction. Raises Conflict (`in_session`, `has_sessions`, `held`).
    """
    _check_may_go([person_id])
    erasure = erasures.erase_by_policy(Person.objects.select_for_update(no_key=True).get(pk=person_id))
    jobs.defer(run, organization=tenancy.current_organization(), erasure=erasure.pk)
    return erasure


def _check_may_go(person_ids: list[int]) -> None:
    """Whoever asks: with all the records that go with these."""
    records = queries.records_of(person_ids)
    erasing.check_may_go(tuple(records))
    if retention_queries.keeps_person(records):
        raise Conflict(
            _("A hold keeps them, or a session that they were in. Lift it first, under Settings, Data."),
            code="held",
        )
