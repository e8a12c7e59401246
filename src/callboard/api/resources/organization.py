"""The organization itself: what it is called, its clock, its language."""

from __future__ import annotations

from typing import Any

from ninja import Router, Schema

from callboard.api.guard import Asked
from callboard.people import operations, queries
from callboard.people.models import Organization

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


def _item(organization: Organization) -> dict[str, str]:
    return {
        "id": organization.slug,
        "name": organization.name,
        "zone": organization.zone,
        "locale": organization.locale,
    }
