"""What the queue shows: every case that is not over, those just over, and whom they concern."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from callboard.cases.models import Case, CaseStatus, Incident, Queue
from callboard.people.models import Member, Person
from callboard.sessions.models import Session
from callboard.web.reads.seats import Seat, lines, seats

LINGER = timedelta(seconds=10)
"""How long a case that is over stays on the list before it folds away."""
CLEARED_WITHIN = timedelta(minutes=15)
FOUND_AT_MOST = 200

LONG = ("cause", "occurrence", "why", "details", "evidence", "minutes")
"""What no strip tells."""


@dataclass(frozen=True)
class Waiting:
    """The rows of the queue with what each needs to be drawn: their session, person, owner; of the sessions
    the lines of promises, and the rosters where a case names nobody known. Those that stand under an
    incident lie there: `incidents` are (incident, its standing cases)."""

    cases: list[Case]
    over: list[Case]
    cleared: list[Case]
    seats: dict[int, list[Seat]]
    lines: dict[int, tuple[str, ...]]
    incidents: list[tuple[Incident, list[Case]]]


def waiting(
    now: datetime,
    *,
    queue: int | None = None,
    owner: int | None = None,
    snoozed: bool = False,
    found: QuerySet[Case] | None = None,
) -> Waiting:
    """Cases not over (without the snoozed unless asked for them alone), and those over a moment ago.

    `found`: only these, over or not, each for itself, at most `FOUND_AT_MOST`.
    """
    base = Case.objects.all() if found is None else found
    rows = base.defer(*LONG)
    if queue is not None:
        rows = rows.filter(queue_id=queue)
    if owner is not None:
        rows = rows.filter(owner_id=owner)
    if found is not None:
        return _found(rows, now)
    standing = rows.filter(over_at=None)
    standing = (
        standing.filter(status=CaseStatus.SNOOZED) if snoozed else standing.exclude(status=CaseStatus.SNOOZED)
    )
    stood = list(standing)
    gone = list(rows.filter(over_at__gt=now - CLEARED_WITHIN).order_by("-over_at")[:200])
    _related([*stood, *gone])
    cases, incidents = _gathered(stood, owner)
    just = [case for case in gone if case.over_at and case.over_at > now - LINGER and not _held(case)]
    cleared = [case for case in gone if case.status == CaseStatus.CLEARED and case not in just]
    drawn = [*cases, *just, *cleared]
    return Waiting(cases, just, cleared, _rosters(drawn), _lines(drawn, now), incidents)


def _found(rows: QuerySet[Case], now: datetime) -> Waiting:
    """What was looked for: what stands, then what is over, the latest first."""
    found = list(rows.order_by(F("over_at").desc(nulls_first=True), "-raised_at", "-pk")[:FOUND_AT_MOST])
    _related(found)
    return Waiting(
        [case for case in found if case.over_at is None],
        [],
        [case for case in found if case.over_at is not None],
        _rosters(found),
        _lines(found, now),
        [],
    )


def _related(cases: list[Case]) -> None:
    """Put beside the cases what a strip tells of their session, person, owner and incident.

    Each by a statement of its own, for all of them: to plan one that joins them all takes PostgreSQL longer
    under row-level security than to run the four, and Django longer to make a row's objects from it.
    """
    sessions = Session.objects.in_bulk({each.session_id for each in cases if each.session_id})
    people = Person.objects.only("name", "zone").in_bulk({each.person_id for each in cases if each.person_id})
    owners = Member.objects.select_related("user").in_bulk({each.owner_id for each in cases if each.owner_id})
    incidents = Incident.objects.in_bulk({each.incident_id for each in cases if each.incident_id})
    for case in cases:
        case.session = sessions.get(case.session_id or 0)
        case.person = people.get(case.person_id or 0)
        case.owner = owners.get(case.owner_id or 0)
        case.incident = incidents.get(case.incident_id or 0)


def _rosters(cases: list[Case]) -> dict[int, list[Seat]]:
    """Of the sessions whose case names nobody known: it is told by who was expected."""
    return seats(case.session_id for case in cases if case.session_id is not None and case.person_id is None)


def _lines(cases: list[Case], now: datetime) -> dict[int, tuple[str, ...]]:
    return lines((case.session_id for case in cases if case.session_id is not None), now)


def _held(case: Case) -> bool:
    """Whether it lies under its incident rather than for itself."""
    incident = case.incident
    return (
        incident is not None
        and case.apart_at is None
        and incident.closed_at is None
        and incident.withdrawn_at is None
    )


def _gathered(
    standing: list[Case], owner: int | None
) -> tuple[list[Case], list[tuple[Incident, list[Case]]]]:
    """Cases that stand for themselves, and incidents with those that stand under them.

    Of one person's: the incidents that they have; what they have of others' lies there for itself.
    """
    alone: list[Case] = []
    held: dict[int, tuple[Incident, list[Case]]] = {}
    for case in standing:
        incident = case.incident
        if incident is None or not _held(case) or (owner is not None and incident.owner_id != owner):
            alone.append(case)
        else:
            held.setdefault(incident.pk, (incident, []))[1].append(case)
    return alone, list(held.values())


def queues() -> list[Queue]:
    return list(Queue.objects.order_by("position", "name"))
