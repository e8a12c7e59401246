"""The organization itself: what it is called, its clock, its language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Field, Query, Router, Schema

from callboard.api.guard import Asked
from callboard.api.paging import Page, paged
from callboard.people import operations, queries
from callboard.people.models import Organization, SettingChange

router = Router(tags=["Organization"])


class OrganizationItem(Schema):
    """`id` is its short name. Days begin by `zone`, an IANA name."""

    id: str
    name: str
    zone: str
    locale: str


class OrganizationIn(Schema):
    """What is left out stays as it is."""

    name: str | None = None
    zone: str | None = None
    locale: str | None = None


class SettingChangeItem(Schema):
    """`by`: the login that did it, or the name of a program's key; null: the system. `before` and `after`
    hold what differs, {} where it was not there, or is gone. `about`: a short name, a subject, or an id."""

    id: int
    at: datetime
    by: str | None
    key: int | None
    what: str
    about: str
    before: dict[str, Any]
    after: dict[str, Any]


class SettingChangePage(Schema):
    items: list[SettingChangeItem]
    next: str | None


class Changes(Page):
    what: str = Field("", max_length=40)
    since: datetime | None = None
    before: datetime | None = None


@router.get("/changes", response=SettingChangePage, operation_id="list_setting_changes")
def list_changes(request: Asked, wanted: Query[Changes]) -> Any:
    """Who changed which setting, the latest first."""
    rows = queries.setting_changes(request.access, what=wanted.what, since=wanted.since, before=wanted.before)
    return paged(rows, wanted, ["-at", "-id"], _change)


@router.get("", response=OrganizationItem, operation_id="get_organization")
def get_organization(request: Asked) -> Any:  # noqa: ARG001 - whoever may ask at all may know where
    return _item(queries.organization())


@router.patch("", response=OrganizationItem, operation_id="change_organization")
def change_organization(request: Asked, given: OrganizationIn) -> Any:
    """Change some of it. In another zone days begin at other moments, and are counted anew."""
    request.access.require("settings.manage")
    held = queries.organization()
    return _item(
        operations.change_organization(
            request.access,
            name=held.name if given.name is None else given.name,
            zone=held.zone if given.zone is None else given.zone,
            locale=held.locale if given.locale is None else given.locale,
        )
    )


def _change(change: SettingChange) -> dict[str, Any]:
    by = change.login
    name = (by.name or by.email) if by is not None else change.key and change.key.name
    return {
        "id": change.pk,
        "at": change.at,
        "by": name,
        "key": change.key_id,
        "what": change.what,
        "about": change.about,
        "before": change.before,
        "after": change.after,
    }


def _item(organization: Organization) -> dict[str, str]:
    return {
        "id": organization.slug,
        "name": organization.name,
        "zone": organization.zone,
        "locale": organization.locale,
    }
