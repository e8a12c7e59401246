"""Queues, and the incidents that gather cases."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from ninja import Query, Router

from callboard.api.guard import Asked
from callboard.api.paging import Page, paged
from callboard.api.shapes import cases as shapes
from callboard.cases import operations, queries
from callboard.cases.models import Case

router = Router(tags=["Queues"])
incidents = Router(tags=["Incidents"])


class IncidentFilter(Page):
    open: bool = False


@router.get("", response=shapes.QueueList, operation_id="list_queues")
def list_queues(request: Asked) -> Any:
    rows = queries.queues(request.access).prefetch_related("members")
    return {"items": [shapes.queue_item(queue) for queue in rows]}


@router.put("/{slug:slug}", response=shapes.QueueItem, operation_id="save_queue")
def save_queue(request: Asked, slug: str, given: shapes.QueueIn) -> Any:
    """Make or change a queue: what it takes, its deadlines, who works it."""
    request.access.require("settings.manage")
    return shapes.queue_item(
        operations.save_queue(
            slug,
            name=given.name,
            kinds=given.kinds,
            deadlines=given.deadlines,
            members=given.members,
        )
    )


@incidents.get("", response=shapes.IncidentPage, operation_id="list_incidents")
def list_incidents(request: Asked, wanted: Query[IncidentFilter]) -> Any:
    """Incidents, latest first."""
    members = Prefetch("cases", Case.objects.select_related("session").order_by("pk"))
    rows = queries.incidents(request.access, open_only=wanted.open).prefetch_related(members)
    return paged(
        rows, wanted, ["-raised_at", "-id"], lambda each: shapes.incident_item(each, each.cases.all())
    )
