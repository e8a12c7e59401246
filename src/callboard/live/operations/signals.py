"""Writing the signals of sessions that have closed, from the log."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from callboard.lib import clock, tenancy
from callboard.live import signals
from callboard.live.log.postgres import PostgresLog
from callboard.live.models import Signals
from callboard.live.runner.reading import event_of
from callboard.sessions.models import Session, SessionStatus

SETTLES = timedelta(minutes=2)
"""After the end, so that the last leaves are in the log."""

AGAIN = (timedelta(minutes=45), timedelta(hours=26))
"""After the end: by when a file is late, and by when it is given up."""

LOOKED_BACK = timedelta(days=4)
AT_ONCE = 200


def write_signals(organization: int, limit: int = AT_ONCE, since: datetime | None = None) -> int:
    """Write those that are due, the latest ended first; answers how many. `since`: of sessions that
    started from then on. Each in a transaction of its own: a run that is cut off has done what it has done.
    """
    now = clock.now()
    with tenancy.organization_scope(organization):
        due = _due(now, since or now - LOOKED_BACK, limit)
    for pk in due:
        with tenancy.organization_scope(organization):
            write_one(pk, now)
    return len(due)


def _due(now: datetime, since: datetime, limit: int) -> list[int]:
    written = Signals.objects.filter(session=OuterRef("pk"))
    closed = (
        Session.objects.filter(
            status__in=[SessionStatus.ENDED, SessionStatus.CANCELLED], starts_at__gte=since
        )
        .annotate(over=Coalesce("ended_at", "cancelled_at", "ends_at"))
        .filter(~Exists(written), over__lte=now - SETTLES)
    )
    fresh = list(closed.order_by("-over", "pk").values_list("pk", flat=True)[:limit])
    again = Signals.objects.filter(Q(again_at__lte=now)).order_by("again_at")
    return fresh + list(again.values_list("session_id", flat=True)[: max(0, limit - len(fresh))])


def write_one(session_id: int, now: datetime) -> None:
    """Needs an open transaction in the organization's scope."""
    session = Session.objects.get(pk=session_id)
    lines = PostgresLog().of_session(tenancy.current_organization(), session.key)
    events = [event for event in map(event_of, lines) if event is not None]
    closed = session.ended_at or session.cancelled_at or session.ends_at
    again = next((closed + after for after in AGAIN if closed + after > now), None)
    Signals.objects.update_or_create(
        session=session,
        defaults={
            "closed_at": closed,
            "position": lines[-1].position if lines else 0,
            "again_at": again,
            "data": signals.pack(events),
        },
    )
