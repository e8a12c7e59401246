"""Where one is signed in: the browsers of whoever asks, who must be a person and no key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema

from callboard.api.guard import Asked
from callboard.lib.errors import NotFound
from callboard.people import operations

router = Router(tags=["Me"])


class LoginItem(Schema):
    """`agent` is what the browser calls itself; `current`: the one that asks."""

    id: int
    agent: str
    address: str
    since: datetime
    seen_at: datetime
    current: bool


class LoginList(Schema):
    items: list[LoginItem]


@router.get("", response=LoginList, operation_id="list_logins")
def list_logins(request: Asked) -> Any:
    """The asker's own first, then the latest seen. A key has none."""
    rows = operations.logins(request.access.user or 0, request.session.session_key)
    return {
        "items": [
            {
                "id": each.pk,
                "agent": each.agent,
                "address": each.address,
                "since": each.since,
                "seen_at": each.seen_at,
                "current": each.current,
            }
            for each in rows
        ]
    }


@router.delete("/{int:login}", response={204: None}, operation_id="end_login")
def end_login(request: Asked, login: int) -> Any:
    """Sign that browser out."""
    if not operations.end_login(request.access.user or 0, login):
        raise NotFound(_("You have no such login."), code="login_not_found")
    return HttpResponse(status=204)
