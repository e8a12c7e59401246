"""Taking everything along, and deleting the organization."""

from __future__ import annotations

from typing import Any

from ninja import Router

from callboard.api.guard import Asked
from callboard.api.shapes import leaving as shapes
from callboard.lib import downloads
from callboard.lib.errors import NotFound
from callboard.people import queries
from callboard.people.operations import departures, takeouts
from callboard.workflows import leave as leave_organization
from callboard.workflows import take_out

router = Router(tags=["Organization"])


@router.post("/takeouts", response=shapes.TakeoutItem, operation_id="take_out")
def ask(request: Asked, given: shapes.TakeoutIn) -> Any:
    """Have one file made of everything; one that is being made is answered."""
    return shapes.takeout_item(take_out.ask(request.access, files=given.files))


@router.get("/takeouts", response=shapes.TakeoutList, operation_id="list_takeouts")
def listed(request: Asked) -> Any:
    return {"items": [shapes.takeout_item(each) for each in queries.takeouts(request.access)[:100]]}


@router.get("/takeouts/{takeout}/file", operation_id="get_takeout")
def fetch(request: Asked, takeout: int) -> Any:
    """The file itself, a zip, or where the store hands it out. Written down each time. 409 `no_file` where it
    is not made yet or deleted since, `store_down` where files cannot be had right now.
    """
    found = takeouts.fetch_takeout(request.access, takeout)
    return downloads.attachment(found.location, take_out.file_name(request.access, found))


@router.get("/departure", response=shapes.DepartureItem, operation_id="get_departure")
def departure(request: Asked) -> Any:
    """That the organization is to be deleted, and from when on. 404 `not_leaving` where it is not."""
    request.access.require("data.manage")
    found = departures.departure()
    if found is None:
        raise NotFound(code="not_leaving")
    return shapes.departure_item(found)


@router.post("/departure", response=shapes.DepartureItem, operation_id="leave")
def leave(request: Asked, given: shapes.DepartureIn) -> Any:
    """Delete it, seven days from now. 422 where `name` is not its own; 409 `leaving_already`, `held`."""
    return shapes.departure_item(leave_organization.ask(request.access, given.name))


@router.post("/departure/undo", response=shapes.DepartureItem, operation_id="keep_organization")
def keep(request: Asked) -> Any:
    """Keep it after all. 409 `not_leaving`, `too_late`."""
    return shapes.departure_item(departures.keep_organization(request.access))
