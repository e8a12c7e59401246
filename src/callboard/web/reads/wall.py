"""What the live wall shows: every session that is live or waits to begin, and the cases among them.

Whole, or of some sessions alone, so that a page that holds thousands asks only for what has changed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count
from django.db.models.functions import TruncMinute

from callboard.cases.models import Case, CaseStatus
from callboard.live.queries import on_the_wall
from callboard.sessions.models import Participant, ParticipantRole, Session, SessionStatus

COMING = timedelta(minutes=90)


class Cell(NamedTuple):
    pk: int
    key: str
    title: str
    subject: str
    starts_at: datetime
    ends_at: datetime
    status: str
    provider: str
    region: str | None
    node: str | None


class Wrong(NamedTuple):
    """A case that is not over, and not asleep. `person` and `owner` are names."""

    pk: int
    session: str
    kind: str
    severity: str
    raised_at: datetime
    cleared_at: datetime | None
    owner_id: int | None
    owner: str | None
    owner_email: str | None
    person: str | None


@dataclass(frozen=True)
class Wall:
    cells: list[Cell]
    learners: dict[int, int]
    cases: list[Wrong]


def wall(now: datetime, keys: Collection[str] | None = None) -> Wall:
    """All of it, or of the sessions with these keys what is on it. Three queries, however many there are."""
    rows = Session.objects.filter(on_the_wall(now))
    if keys is not None:
        rows = rows.filter(key__in=keys)
    cells = rows.order_by("room__node", "starts_at", "pk").values_list(
        "pk",
        "key",
        "title",
        "subject",
        "starts_at",
        "ends_at",
        "status",
        "provider",
        "room__region",
        "room__node",
    )
    counted = (
        Participant.objects.filter(active=True, role=ParticipantRole.LEARNER, session__in=rows)
        .order_by()
        .values_list("session_id")
        .annotate(n=Count("pk"))
    )
    cases = (
        Case.objects.filter(over_at=None, session__in=rows)
        .exclude(status=CaseStatus.SNOOZED)
        .order_by("raised_at")
        .values_list(
            "pk",
            "session__key",
            "kind",
            "severity",
            "raised_at",
            "cleared_at",
            "owner_id",
            "owner__user__name",
            "owner__user__email",
            "person__name",
        )
    )
    return Wall([Cell(*row) for row in cells], dict(counted), [Wrong(*row) for row in cases])


def coming(now: datetime) -> list[tuple[datetime, int]]:
    """How many sessions start in which minute of the next hour and a half."""
    rows = (
        Session.objects.filter(
            status__in=[SessionStatus.SCHEDULED, SessionStatus.READY],
            starts_at__gt=now,
            starts_at__lte=now + COMING,
        )
        .annotate(minute=TruncMinute("starts_at"))
        .values_list("minute")
        .annotate(n=Count("pk"))
        .order_by("minute")
    )
    return list(rows)
