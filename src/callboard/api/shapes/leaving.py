"""Files of everything and the organization's deletion, as the API takes and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from callboard.people.leaving_models import Departure, Takeout


class TakeoutIn(Schema):
    """`files`: recordings and forms too."""

    files: bool = True


class TakeoutItem(Schema):
    """`done` of `total` parts while it is made. `until`: how long it is kept."""

    id: int
    status: Literal["asked", "ready", "failed", "gone"]
    files: bool
    asked_at: datetime
    done: int
    total: int
    rows: int
    size: int
    ready_at: datetime | None
    until: datetime | None


class TakeoutList(Schema):
    items: list[TakeoutItem]


class DepartureIn(Schema):
    """`name`: the organization's, as it stands."""

    name: str = Field(max_length=300)


class DepartureItem(Schema):
    status: Literal["waiting", "kept", "running"]
    asked_at: datetime
    due_at: datetime
    kept_at: datetime | None


def takeout_item(takeout: Takeout) -> dict[str, Any]:
    return {
        "id": takeout.pk,
        "status": takeout.status,
        "files": takeout.files,
        "asked_at": takeout.asked_at,
        "done": takeout.done,
        "total": takeout.total,
        "rows": takeout.rows,
        "size": takeout.size,
        "ready_at": takeout.ready_at,
        "until": takeout.until,
    }


def departure_item(departure: Departure) -> dict[str, Any]:
    return {
        "status": departure.status,
        "asked_at": departure.asked_at,
        "due_at": departure.due_at,
        "kept_at": departure.kept_at,
    }
