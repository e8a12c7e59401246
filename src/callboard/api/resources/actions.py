"""What can be asked of a session's room and people, and what became of it."""

from __future__ import annotations

from typing import Any

from ninja import Body, Router

from callboard.api.guard import Asked
from callboard.api.resources.sessions import may_steer, seen
from callboard.api.shapes import rooms as shapes
from callboard.sessions.models import Deed
from callboard.workflows.actions import kinds
from callboard.workflows.actions.asking import ask

router = Router(tags=["Sessions"])
MOST = 200


@router.get("/{session}/actions", response=shapes.ActionList, operation_id="list_session_actions")
def list_actions(request: Asked, session: str) -> Any:
    """What can be asked of it now: as its state and its provider allow."""
    may_steer(request.access)
    found = seen(request.access, session)
    return {"items": [shapes.action_item(kind, found) for kind in kinds.offered(found)]}


@router.post("/{session}/actions/{name}", response=shapes.DeedItem, operation_id="act_on_session")
def act(request: Asked, session: str, name: str, given: Body[dict[str, Any] | None] = None) -> Any:
    """Ask for one. The body holds what it takes, by name; read its `state` from the session's deeds."""
    may_steer(request.access)
    return shapes.deed_item(ask(request.access, seen(request.access, session).key, name, given or {}))


@router.get("/{session}/deeds", response=shapes.DeedList, operation_id="list_session_deeds")
def list_deeds(request: Asked, session: str) -> Any:
    """What was asked of it, latest first."""
    request.access.require("sessions.read")
    rows = Deed.objects.filter(session=seen(request.access, session)).order_by("-pk")
    return {"items": [shapes.deed_item(deed) for deed in rows[:MOST]]}
