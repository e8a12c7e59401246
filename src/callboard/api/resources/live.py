"""The live wall: every session that is on or about to be, in one call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Router, Schema

from callboard.api.guard import Asked
from callboard.cases import queries
from callboard.lib import clock
from callboard.live import queries as live

router = Router(tags=["Live"])


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
    return {"now": now, "items": [_item(each) for each in live.wall(now)]}


def _item(shown: live.Shown) -> dict[str, Any]:
    session, state = shown.session, shown.state
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
        "cases": len(shown.severities),
        "worst": queries.worst(shown.severities),
        "state": state.state if state else {},
        "changed_at": state.changed_at if state else None,
    }
