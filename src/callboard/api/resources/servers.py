"""Servers of rooms: setting them up and having them tried; and what the system does by itself in rooms."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Router, Status

from callboard.api.guard import Asked
from callboard.api.shapes import rooms as shapes
from callboard.sessions import queries
from callboard.sessions.models import Server
from callboard.sessions.operations import care, servers

router = Router(tags=["Servers"])
policy = Router(tags=["Servers"])


@router.get("", response=shapes.ServerList, operation_id="list_servers")
def list_servers(request: Asked) -> Any:
    """In the organization's own order."""
    request.access.require(servers.PERMISSION)
    return {"items": [shapes.server_item(each) for each in Server.objects.order_by("position", "pk")]}


@router.get("/kinds", response=shapes.ServerKinds, operation_id="list_server_kinds")
def list_kinds(request: Asked) -> Any:
    """Which kinds of server this installation can talk to, and what each needs to know."""
    request.access.require(servers.PERMISSION)
    return {"items": [shapes.kind_item(each) for each in servers.kinds()]}


@router.post("", response={201: shapes.ServerItem}, operation_id="create_server")
def create(request: Asked, given: shapes.NewServer) -> Any:
    """Set one up. It is tried at once: `tested_at` and `test_words` tell of that a moment later."""
    draft = _draft(given, given.slug)
    return Status(201, shapes.server_item(servers.create(request.access, given.kind, draft)))


@router.get("/{int:server}", response=shapes.ServerItem, operation_id="get_server")
def get_server(request: Asked, server: int) -> Any:
    request.access.require(servers.PERMISSION)
    return shapes.server_item(servers.by_id(server))


@router.put("/{int:server}", response=shapes.ServerItem, operation_id="change_server")
def change(request: Asked, server: int, given: shapes.ServerIn) -> Any:
    """Set it up anew. Rooms that stand on it stay."""
    return shapes.server_item(servers.change(request.access, server, _draft(given)))


@router.post("/{int:server}/test", response=shapes.ServerItem, operation_id="test_server")
def test(request: Asked, server: int) -> Any:
    """Have it tried with the settings that it has. Ask for the server again to read what came of it."""
    return shapes.server_item(servers.ask_trial(request.access, server))


@router.delete("/{int:server}", response={204: None}, operation_id="remove_server")
def remove(request: Asked, server: int) -> Any:
    """Forget it. 409 `in_use` while sessions that are not over have their rooms on it."""
    servers.remove(request.access, server)
    return HttpResponse(status=204)


@policy.get("", response=shapes.Care, operation_id="get_room_policy")
def get_policy(request: Asked) -> Any:
    request.access.require("sessions.read")
    return queries.care()


@policy.put("", response=shapes.Care, operation_id="save_room_policy")
def save_policy(request: Asked, given: shapes.CareIn) -> Any:
    """Switch some of it on or off."""
    return care.save_care(request.access, given.dict(exclude_none=True))


def _draft(given: shapes.ServerIn, slug: str = "") -> servers.Draft:
    return servers.Draft(
        name=given.name,
        region=given.region,
        zones=given.zones,
        values=given.settings,
        enabled=given.enabled,
        position=given.position,
        slug=slug,
    )
