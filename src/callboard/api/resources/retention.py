"""How long things are kept, what will be deleted, what must stay, and what was deleted."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from ninja import Query, Router

from callboard.api.guard import Asked
from callboard.api.paging import Page, paged
from callboard.api.shapes import retention as shapes
from callboard.lib.errors import NotFound
from callboard.sessions import retention, retention_queries
from callboard.sessions.operations import retention as operations

router = Router(tags=["Organization"])


@router.get("/retention", response=shapes.RetentionItem, operation_id="get_retention")
def policy(request: Asked) -> Any:
    """For how many days what is kept; null: for good."""
    request.access.require("data.manage")
    return shapes.retention_item()


@router.put("/retention", response=shapes.RetentionItem, operation_id="save_retention")
def save(request: Asked, given: shapes.RetentionIn) -> Any:
    """Decide anew; a kind that is left out stays as it is, null keeps it for good.

    Nothing is deleted by it that was not announced for a week. 422 by kind, where days are too few, or where
    sessions would go before their recordings.
    """
    operations.set_retention(request.access, given.days)
    return shapes.retention_item()


@router.get("/retention/announced", response=shapes.DueList, operation_id="list_announced")
def due(request: Asked) -> Any:
    """What will be deleted: how much of each kind from which day on, by the organization's clock."""
    zone = ZoneInfo(request.access.organization_zone)
    return {"items": [shapes.due_item(each) for each in retention_queries.due_by_day(request.access, zone)]}


@router.get("/retention/announced/{kind}", response=shapes.AnnouncedPage, operation_id="list_announced_of")
def announced(request: Asked, kind: str, page: Query[Page]) -> Any:
    """What of one kind will be deleted, the soonest first."""
    request.access.require("data.manage")
    if kind not in retention.KINDS:
        raise NotFound(code="kind_not_found")
    found = retention_queries.announced(request.access, kind)
    return paged(found, page, ("due_at", "id"), shapes.announced_item)


@router.get("/retention/deleted", response=shapes.DeletedPage, operation_id="list_deleted")
def deleted(request: Asked, page: Query[Page]) -> Any:
    """What was deleted on which day (UTC), in numbers, the latest first."""
    return paged(retention_queries.deleted(request.access), page, ("-id",), shapes.deleted_item)


@router.get("/holds", response=shapes.HoldList, operation_id="list_holds")
def holds(request: Asked) -> Any:
    """Those in force first."""
    return {"items": [shapes.hold_item(each) for each in retention_queries.holds(request.access)]}


@router.post("/holds", response=shapes.HoldItem, operation_id="place_hold")
def place(request: Asked, given: shapes.HoldIn) -> Any:
    """Keep everything, a `person` or a `session`, whatever the policy says.

    409 `being_deleted` where some of it is at that moment.
    """
    hold = operations.place_hold(
        request.access, given.scope, given.reason, person=given.person, session=given.session,
        until=given.until,
    )  # fmt: skip
    return shapes.hold_item(hold)


@router.post("/holds/{hold}/lift", response=shapes.HoldItem, operation_id="lift_hold")
def lift(request: Asked, hold: int) -> Any:
    """What it kept is announced for a week, if it is too old, and then goes. Twice is once."""
    return shapes.hold_item(operations.lift_hold(request.access, hold))
