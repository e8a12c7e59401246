"""What the queue shows: the most urgent of the cases that are not over, how many there are, those just over,
and whom they concern.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from django.db.models import F, QuerySet

from callboard.cases.models import Case, CaseStatus, Incident, Queue
from callboard.web.reads import strips
from callboard.web.reads.seats import Seat, seats
from callboard.web.strips import LATEST

LINGER = timedelta(seconds=10)
"""How long a case that is over stays on the list before it folds away."""
CLEARED_WITHIN = timedelta(minutes=15)
FOUND_AT_MOST = CLEARED_AT_MOST = 200
SHOWN, STEP, SHOWN_AT_MOST = 25, 100, 2000
"""How many are drawn at first, how many more when asked for, and at most."""
RANK = {"now": 0, "soon": 1, "watch": 2}

LONG = ("cause", "occurrence", "why", "details", "evidence", "minutes")
"""What no strip tells."""


class Standing(NamedTuple):
    """A case that is not over: as much as says where it lies on the list."""

    pk: int
    owner_id: int | None
    severity: str
    raised_at: datetime
    claim_by: datetime | None
    resolve_by: datetime | None

    @classmethod
    def of(cls, case: Case) -> Self:
        return cls(*(getattr(case, name) for name in cls._fields))

    def lies(self, member: int) -> tuple[int, tuple[datetime, int, datetime]]:
        return list(GROUPS).index(group(self.owner_id, member)), order(self)


GROUPS = ("nobody", "yours", "others")


def group(owner: int | None, member: int) -> str:
    """Under which heading a case of this owner lies for this member."""
    return "nobody" if owner is None else "yours" if owner == member else "others"


def order(case: Case | Standing) -> tuple[datetime, int, datetime]:
    """Soonest deadline first."""
    deadline = case.claim_by if case.owner_id is None else case.resolve_by
    return deadline or LATEST, RANK.get(case.severity, 3), case.raised_at


@dataclass(frozen=True)
class Waiting:
    """`standing` are all that stand for themselves, as they lie; `cases` those of them that are drawn, with
    what that needs: their session, person, owner; of the sessions the lines of promises, and the rosters
    where a case names nobody known. Others stand under an incident: `incidents` are (incident, its cases).
    """

    standing: list[Standing]
    cases: list[Case]
    over: list[Case]
    cleared: list[Case]
    seats: dict[int, list[Seat]]
    lines: dict[int, tuple[str, ...]]
    incidents: list[tuple[Incident, list[Case]]]


def waiting(
    now: datetime,
    member: int,
    *,
    queue: int | None = None,
    owner: int | None = None,
    snoozed: bool = False,
    found: QuerySet[Case] | None = None,
    shown: int = SHOWN,
    selected: int = 0,
) -> Waiting:
    """Cases not over (without the snoozed unless asked for them alone), and those over a moment ago.

    As many are drawn as are `shown`, as they lie for this member, and the one that is `selected`.
    `found`: only these, over or not, each for itself, at most `FOUND_AT_MOST`.
    """
    if found is not None:
        if queue is not None:
            found = found.filter(queue_id=queue)
        if owner is not None:
            found = found.filter(owner_id=owner)
        return _found(found.defer(*LONG), now)
    rows, gone = strips.standing(
        now - CLEARED_WITHIN, CLEARED_AT_MOST, queue=queue, owner=owner, snoozed=snoozed
    )
    alone = [Standing(*row) for *row, under in rows if not under]
    held = {row[0] for row in rows if row[-1]}
    alone.sort(key=lambda row: row.lies(member))
    drawn = {row.pk for row in alone[:shown]} | {row.pk for row in alone if row.pk == selected}
    full = strips.whole(drawn | held)
    lines = strips.relate([*full.values(), *gone], now)
    cases = [full[row.pk] for row in alone if row.pk in full]
    just = [case for case in gone if case.over_at and case.over_at > now - LINGER and not _held(case)]
    cleared = [case for case in gone if case.status == CaseStatus.CLEARED and case not in just]
    incidents: dict[int, tuple[Incident, list[Case]]] = {}
    for pk in sorted(held & full.keys()):
        case = full[pk]
        if case.incident is not None:
            incidents.setdefault(case.incident.pk, (case.incident, []))[1].append(case)
    seen = [*cases, *just, *cleared]
    return Waiting(alone, cases, just, cleared, _rosters(seen), lines, list(incidents.values()))


def _found(rows: QuerySet[Case], now: datetime) -> Waiting:
    """What was looked for: what stands, then what is over, the latest first."""
    found = list(rows.order_by(F("over_at").desc(nulls_first=True), "-raised_at", "-pk")[:FOUND_AT_MOST])
    lines = strips.relate(found, now)
    cases = [case for case in found if case.over_at is None]
    return Waiting(
        [Standing.of(case) for case in cases],
        cases,
        [],
        [case for case in found if case.over_at is not None],
        _rosters(found),
        lines,
        [],
    )


def _rosters(cases: list[Case]) -> dict[int, list[Seat]]:
    """Of the sessions whose case names nobody known: it is told by who was expected."""
    return seats(case.session_id for case in cases if case.session_id is not None and case.person_id is None)


def _held(case: Case) -> bool:
    """Whether it lies under its incident rather than for itself."""
    incident = case.incident
    return (
        incident is not None
        and case.apart_at is None
        and incident.closed_at is None
        and incident.withdrawn_at is None
    )


def queues() -> list[Queue]:
    return list(Queue.objects.order_by("position", "name"))
