"""Incidents: many cases with one cause, read and acted on as one."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from ninja import Body, Query, Router

from callboard.api.guard import Asked
from callboard.api.paging import Page, paged
from callboard.api.resources.cases import params_of
from callboard.api.shapes import cases as case_shapes
from callboard.api.shapes import queues as shapes
from callboard.cases import operations, queries
from callboard.cases.models import Case

router = Router(tags=["Incidents"])


class IncidentFilter(Page):
    """`open`: those of which a case still stands under them."""

    open: bool = False


@router.get("", response=shapes.IncidentPage, operation_id="list_incidents")
def list_incidents(request: Asked, wanted: Query[IncidentFilter]) -> Any:
    """Incidents, latest first."""
    members = Prefetch("cases", Case.objects.select_related("session").order_by("pk"))
    rows = queries.incidents(request.access, open_only=wanted.open).prefetch_related(members)
    return paged(
        rows, wanted, ["-raised_at", "-id"], lambda each: shapes.incident_item(each, each.cases.all())
    )


@router.get("/{int:incident_id}", response=shapes.IncidentItem, operation_id="get_incident")
def get_incident(request: Asked, incident_id: int) -> Any:
    incident = queries.incident(request.access, incident_id)
    return shapes.incident_item(incident, queries.members(incident))


@router.post("/{int:incident_id}/claim", response=case_shapes.ManyItem, operation_id="claim_incident")
def claim(request: Asked, incident_id: int, given: case_shapes.ClaimIn | None = None) -> Any:
    """Take an incident with all of its cases that are nobody's, and whatever joins it."""
    override = given is not None and given.override
    return case_shapes.many_item(operations.claim_incident(request.access, incident_id, override))


@router.post("/{int:incident_id}/release", response=case_shapes.ManyItem, operation_id="release_incident")
def release(request: Asked, incident_id: int) -> Any:
    """Give it back to everybody."""
    return case_shapes.many_item(operations.release_incident(request.access, incident_id))


@router.post("/{int:incident_id}/assign", response=case_shapes.ManyItem, operation_id="assign_incident")
def assign(request: Asked, incident_id: int, given: case_shapes.AssignIn) -> Any:
    """Hand it with all of its cases to a member."""
    return case_shapes.many_item(operations.assign_incident(request.access, incident_id, given.member))


@router.post(
    "/{int:incident_id}/actions/{name}", response=case_shapes.ManyItem, operation_id="act_on_incident"
)
def act(request: Asked, incident_id: int, name: str, given: Body[dict[str, Any] | None] = None) -> Any:
    """Do the same to every case that stands under it, each with an outcome of its own."""
    params = params_of(name, given or {})
    return case_shapes.many_item(operations.act_on_incident(request.access, incident_id, name, **params))
