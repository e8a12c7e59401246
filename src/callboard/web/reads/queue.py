"""What the queue shows: every case that is not over, those just over, and whom they concern."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from callboard.cases.models import Case, CaseStatus, Queue
from callboard.sessions.models import Session, SessionStatus
from callboard.web.reads.seats import Promise, Seat, promises, seats

LINGER = timedelta(seconds=10)
"""How long a case that is over stays on the list before it folds away."""
CLEARED_WITHIN = timedelta(minutes=15)


@dataclass(frozen=True)
class Waiting:
    """The rows of the queue with what each needs to be drawn."""

    cases: list[Case]
    over: list[Case]
    cleared: list[Case]
    seats: dict[int, list[Seat]]
    promises: dict[int, list[Promise]]


@dataclass(frozen=True)
class Counts:
    """What the navigation says; always of the whole organization."""

    open: int
    now: int
    live: int
    mine: int
    snoozed: int
    starting: int
    by_queue: dict[int, int]


def waiting(
    now: datetime, *, queue: int | None = None, owner: int | None = None, snoozed: bool = False
) -> Waiting:
    """Cases not over (without the snoozed unless asked for them alone), and those over a moment ago."""
    rows = Case.objects.select_related(
        "session", "session__room", "person", "owner__user", "queue", "incident"
    )
    if queue is not None:
        rows = rows.filter(queue_id=queue)
    if owner is not None:
        rows = rows.filter(owner_id=owner)
    standing = rows.filter(over_at=None)
    standing = (
        standing.filter(status=CaseStatus.SNOOZED) if snoozed else standing.exclude(status=CaseStatus.SNOOZED)
    )
    cases = list(standing)
    gone = list(rows.filter(over_at__gt=now - CLEARED_WITHIN).order_by("-over_at")[:200])
    just = [case for case in gone if case.over_at and case.over_at > now - LINGER]
    cleared = [case for case in gone if case.status == CaseStatus.CLEARED and case not in just]
    sessions = {case.session_id for case in (*cases, *gone) if case.session_id is not None}
    return Waiting(cases, just, cleared, seats(sessions), promises(sessions))


def counts(now: datetime, member: int) -> Counts:
    """Two queries, however many there are."""
    awake = ~Q(status=CaseStatus.SNOOZED)
    rows = (
        Case.objects.filter(over_at=None)
        .values("queue_id")
        .annotate(
            awake=Count("pk", filter=awake),
            now=Count("pk", filter=awake & Q(severity="now", owner=None)),
            mine=Count("pk", filter=Q(owner=member)),
            snoozed=Count("pk", filter=Q(status=CaseStatus.SNOOZED)),
        )
    )
    by_queue = {row["queue_id"]: row for row in rows}
    sessions = Session.objects.filter(
        status__in=[SessionStatus.SCHEDULED, SessionStatus.READY, SessionStatus.LIVE]
    ).aggregate(
        live=Count("pk", filter=Q(status=SessionStatus.LIVE)),
        starting=Count("pk", filter=Q(starts_at__gt=now, starts_at__lte=now + timedelta(minutes=30))),
    )
    total = {
        name: sum(row[name] for row in by_queue.values()) for name in ("awake", "now", "mine", "snoozed")
    }
    return Counts(
        total["awake"],
        total["now"],
        sessions["live"],
        total["mine"],
        total["snoozed"],
        sessions["starting"],
        {queue: row["awake"] for queue, row in by_queue.items()},
    )


def queues() -> list[Queue]:
    return list(Queue.objects.order_by("position", "name"))
