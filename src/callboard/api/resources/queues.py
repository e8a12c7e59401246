"""Queues, and the rules that fill them."""

from __future__ import annotations

from typing import Any

from ninja import Query, Router

from callboard.api.guard import Asked
from callboard.api.shapes import queues as shapes
from callboard.cases import operations, queries
from callboard.cases.models import Queue

router = Router(tags=["Queues"])


def item(queue: Queue) -> dict[str, Any]:
    rows = Queue.objects.select_related("stand_in", "escalate_to").prefetch_related("members")
    return shapes.queue_item(rows.get(pk=queue.pk))


@router.get("", response=shapes.QueueList, operation_id="list_queues")
def list_queues(request: Asked) -> Any:
    rows = queries.queues(request.access).select_related("stand_in", "escalate_to")
    return {"items": [shapes.queue_item(queue) for queue in rows.prefetch_related("members")]}


@router.get("/routes", response=shapes.RouteList, operation_id="list_routes")
def list_routes(request: Asked) -> Any:
    """The rules that send cases to queues before the queues' own kinds do."""
    return {"items": [shapes.route_item(route) for route in queries.routes(request.access)]}


@router.put("/routes", response=shapes.RouteList, operation_id="save_routes")
def save_routes(request: Asked, given: shapes.RouteList) -> Any:
    """Let exactly these rules hold, in this order."""
    request.access.require("settings.manage")
    operations.save_routes([route.dict() for route in given.items], by=request.access)
    return list_routes(request)


@router.get("/routes/where", response=shapes.PlacedItem, operation_id="try_routes")
def try_routes(request: Asked, wanted: Query[shapes.Example]) -> Any:
    """Where such a case would go if it were raised now, and what says so."""
    request.access.require("cases.read")
    found = operations.where(
        wanted.kind,
        wanted.severity,
        subject=wanted.subject,
        region=wanted.region,
        provider=wanted.provider,
    )
    return shapes.placed_item(found)


@router.put("/{slug:slug}", response=shapes.QueueItem, operation_id="save_queue")
def save_queue(request: Asked, slug: str, given: shapes.QueueIn) -> Any:
    """Make or change a queue: what it takes, its hours and deadlines, who works it and who comes after."""
    request.access.require("settings.manage")
    return item(operations.save_queue(slug, **given.dict(), by=request.access))


@router.delete("/{slug:slug}", response=shapes.QueueItem, operation_id="remove_queue")
def remove_queue(request: Asked, slug: str, to: str) -> Any:
    """Do away with a queue; its cases go to the queue `to`, which is answered."""
    request.access.require("settings.manage")
    return item(operations.remove_queue(slug, to, by=request.access))
