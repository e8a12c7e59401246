"""Changes to people, doubles and copies as the API takes and tells them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Schema

from callboard.people.records import PersonChange, PersonCopy


class PersonPatch(Schema):
    """What is to be other; what is left out stays. `skills` null: does not teach; `level` null: does not
    learn. `seen`: the id of the latest change that was known, so that another's is not undone unseen."""

    name: str | None = Field(None, max_length=200)
    email: str | None = Field(None, max_length=254)
    phone: str | None = Field(None, max_length=40)
    zone: str | None = Field(None, max_length=64)
    locale: str | None = Field(None, max_length=16)
    skills: list[str] | None = None
    buffer_minutes: int | None = Field(None, ge=0, le=240)
    level: str | None = Field(None, max_length=40)
    of_age_on: date | None = None
    seen: int | None = Field(None, ge=0)


class ChangeItem(Schema):
    """`kind`: edited, linked, unlinked, archived, restored, merged, distinct, copied or fetched."""

    id: int
    kind: str
    at: datetime
    member: int | None
    undone_at: datetime | None


class ChangeList(Schema):
    items: list[ChangeItem]


class DoubleItem(Schema):
    """Two who may be one; `why`: name, email, phone."""

    first: str
    second: str
    why: list[str]


class DoubleList(Schema):
    items: list[DoubleItem]


class MergeIn(Schema):
    """`other` becomes a part of the person of the address. `preview`: say only what would be done."""

    other: str
    preview: bool = False


class MergeItem(Schema):
    """What goes over, or would. `refusal`: why it cannot be done. `change`: its id, null in a preview."""

    kept: str
    double: str
    refusal: str
    filled: list[str]
    to_come: int
    past: int
    consents: list[str]
    change: int | None


class OtherIn(Schema):
    other: str


class CopyItem(Schema):
    """A copy of all that is held of a person. `status`: asked, ready, failed or gone."""

    id: int
    status: Literal["asked", "ready", "failed", "gone"]
    asked_at: datetime
    ready_at: datetime | None
    until: datetime | None
    size: int


class CopyList(Schema):
    items: list[CopyItem]


def change_item(change: PersonChange) -> dict[str, Any]:
    return {
        "id": change.pk,
        "kind": change.kind,
        "at": change.at,
        "member": change.member_id,
        "undone_at": change.undone_at,
    }


def copy_item(copy: PersonCopy) -> dict[str, Any]:
    return {
        "id": copy.pk,
        "status": copy.status,
        "asked_at": copy.asked_at,
        "ready_at": copy.ready_at,
        "until": copy.until,
        "size": copy.size,
    }
