"""The live wall: every session that is on or about to be, in one call."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from ninja import Router, Schema

from callboard.api.guard import Asked
from callboard.cases import queries
from callboard.cases.models import Case
from callboard.lib import clock
from callboard.live.models import LiveState
from callboard.sessions.models import Session

router = Router(tags=["Live"])

SOON = timedelta(minutes=15)


class WallItem(Schema):
    """`state` is what the live engine last saw: who is in, since when, recorders. `worst`: of its cases."""

    id: str
    title: str
    status: str
    starts_at: datetime
    ends_at: datetime
    provider: str
    region: str | None
    node: str | None
    cases: int
    worst: str | None
    state: dict[str, Any]
    changed_at: datetime | None


class Wall(Schema):
    now: datetime
    items: list[WallItem]


@router.get("", response=Wall, operation_id="get_wall")
def get_wall(request: Asked) -> Any:
    """Sessions that are live, should be, or start within a quarter of an hour."""
    request.access.require("live.read")
    now = clock.now()
    due = Q(status__in=["scheduled", "ready"], starts_at__lte=now + SOON, ends_at__gt=now)
    rows = list(
        Session.objects.filter(Q(status="live") | due).select_related("room").order_by("starts_at", "pk")
    )
    ids = [row.pk for row in rows]
    states = {state.session_id: state for state in LiveState.objects.filter(session_id__in=ids)}
    cases: dict[int | None, list[str]] = {}
    standing = Case.objects.filter(over_at=None, session_id__in=ids)
    for session, severity in standing.values_list("session_id", "severity"):
        cases.setdefault(session, []).append(severity)
    return {
        "now": now,
        "items": [_item(row, states.get(row.pk), cases.get(row.pk, [])) for row in rows],
    }


def _item(session: Session, state: LiveState | None, severities: list[str]) -> dict[str, Any]:
    room = getattr(session, "room", None)
    return {
        "id": session.key,
        "title": session.title,
        "status": session.status,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "provider": session.provider,
        "region": (room.region or None) if room else None,
        "node": (room.node or None) if room else None,
        "cases": len(severities),
        "worst": queries.worst(severities),
        "state": state.state if state else {},
        "changed_at": state.changed_at if state else None,
    }
