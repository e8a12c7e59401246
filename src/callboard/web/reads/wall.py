"""What the live wall shows: every session that is live or waits to begin, and the cases among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count
from django.db.models.functions import TruncMinute

from callboard.cases.models import Case, CaseStatus
from callboard.live.queries import on_the_wall
from callboard.sessions.models import Participant, ParticipantRole, Session, SessionStatus


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


@dataclass(frozen=True)
class Wall:
    cells: list[Cell]
    learners: dict[int, int]
    cases: list[Case]
    coming: list[tuple[datetime, int]]


def wall(now: datetime) -> Wall:
    """Four queries, whatever the number of sessions."""
    shown = on_the_wall(now)
    cells = [
        Cell(*row)
        for row in Session.objects.filter(shown)
        .order_by("room__node", "starts_at", "pk")
        .values_list(
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
    ]
    counted = (
        Participant.objects.filter(
            active=True, role=ParticipantRole.LEARNER, session__in=Session.objects.filter(shown)
        )
        .values_list("session_id")
        .annotate(n=Count("pk"))
    )
    cases = list(
        Case.objects.filter(over_at=None, session__in=Session.objects.filter(shown))
        .exclude(status=CaseStatus.SNOOZED)
        .select_related("session", "owner__user", "person")
        .order_by("raised_at")
    )
    coming = (
        Session.objects.filter(
            status__in=[SessionStatus.SCHEDULED, SessionStatus.READY],
            starts_at__gt=now,
            starts_at__lte=now + timedelta(minutes=90),
        )
        .annotate(minute=TruncMinute("starts_at"))
        .values_list("minute")
        .annotate(n=Count("pk"))
        .order_by("minute")
    )
    return Wall(cells, dict(counted), cases, list(coming))
