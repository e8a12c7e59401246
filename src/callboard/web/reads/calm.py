"""What there is to say while nothing is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from callboard.cases.models import Case, CaseStatus
from callboard.live.models import LiveState
from callboard.sessions.models import Session, SessionStatus
from callboard.web.reads.steps import held


@dataclass(frozen=True)
class Quiet:
    live: int
    cleared: list[Case]
    last: Case | None
    snoozed: int
    next_at: datetime | None
    next_count: int
    heard_at: datetime | None
    begun: bool
    """A session was held."""


def quiet(now: datetime) -> Quiet:
    coming = Session.objects.filter(
        status__in=[SessionStatus.SCHEDULED, SessionStatus.READY], starts_at__gt=now
    ).order_by("starts_at")
    first = coming.values_list("starts_at", flat=True).first()
    return Quiet(
        live=Session.objects.filter(status=SessionStatus.LIVE).count(),
        cleared=list(
            Case.objects.filter(status=CaseStatus.CLEARED, over_at__gt=now - timedelta(hours=1))
            .select_related("session")
            .order_by("-over_at")[:50]
        ),
        last=Case.objects.exclude(over_at=None).order_by("-over_at").first(),
        snoozed=Case.objects.filter(status=CaseStatus.SNOOZED, over_at=None).count(),
        next_at=first,
        next_count=coming.filter(starts_at=first).count() if first else 0,
        heard_at=heard_at(),
        begun=held(),
    )


def heard_at() -> datetime | None:
    """When the last event of any session was seen."""
    found: datetime | None = LiveState.objects.aggregate(at=Max("last_event_at"))["at"]
    return found
