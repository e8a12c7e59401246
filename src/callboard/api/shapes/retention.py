"""What is kept for how long, what will be deleted, and what must stay, as the API takes and tells it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime

from callboard.sessions import retention, retention_queries
from callboard.sessions.retention_models import Announced, DeletedDay, Hold
from callboard.sessions.retention_queries import Due


class RetentionIn(Schema):
    """`days` by kind: recordings, sessions (that are over), cases (of no session), people (in the archive),
    imports, readings (who read what), changes (who changed what). Null: for good.
    """

    days: dict[str, int | None]


class RetentionItem(Schema):
    """`least`: how few days may be said."""

    days: dict[str, int | None]
    least: dict[str, int]
    version: int


class DueItem(Schema):
    """`items` things of a `kind`, standing for `rows`, from the moment `from` on."""

    kind: str
    first: dt.datetime = Field(description="when the first of them goes")
    items: int
    rows: int


class DueList(Schema):
    items: list[DueItem]


class AnnouncedItem(Schema):
    """`ref`: the id of its row; of readings and changes the day is in `since`. `key`: of a session."""

    kind: str
    ref: int
    key: str | None
    rows: int
    since: dt.datetime
    announced_at: dt.datetime
    due_at: dt.datetime
    begun_at: dt.datetime | None


class AnnouncedPage(Schema):
    items: list[AnnouncedItem]
    next: str | None


class DeletedItem(Schema):
    """`rows` by table."""

    day: dt.date
    kind: str
    items: int
    rows: dict[str, int]


class DeletedPage(Schema):
    items: list[DeletedItem]
    next: str | None


class HoldIn(Schema):
    """`person`, `session`: the id of what is held, by `scope`. `until`: null until it is lifted."""

    scope: Literal["organization", "person", "session"]
    reason: str = Field(max_length=500)
    person: str = Field("", max_length=40)
    session: str = Field("", max_length=40)
    until: AwareDatetime | None = None


class HoldItem(Schema):
    id: int
    scope: Literal["organization", "person", "session"]
    person: str | None
    session: str | None
    reason: str
    placed_at: dt.datetime
    until: dt.datetime | None
    lifted_at: dt.datetime | None


class HoldList(Schema):
    items: list[HoldItem]


def retention_item() -> dict[str, Any]:
    return {
        "days": retention_queries.kept_days(),
        "least": dict(retention.LEAST),
        "version": retention_queries.policy().version,
    }


def due_item(due: Due) -> dict[str, Any]:
    return {"kind": due.kind, "first": due.day, "items": due.items, "rows": due.rows}


def announced_item(unit: Announced) -> dict[str, Any]:
    return {
        "kind": unit.kind,
        "ref": unit.ref,
        "key": unit.key or None,
        "rows": unit.size,
        "since": unit.moment,
        "announced_at": unit.announced_at,
        "due_at": unit.due_at,
        "begun_at": unit.begun_at,
    }


def deleted_item(day: DeletedDay) -> dict[str, Any]:
    return {"day": day.day, "kind": day.kind, "items": day.items, "rows": day.rows}


def hold_item(hold: Hold) -> dict[str, Any]:
    return {
        "id": hold.pk,
        "scope": hold.scope,
        "person": hold.person.key if hold.person is not None else None,
        "session": hold.session.key if hold.session is not None else None,
        "reason": hold.reason,
        "placed_at": hold.placed_at,
        "until": hold.until,
        "lifted_at": hold.lifted_at,
    }
