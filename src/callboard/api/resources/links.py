"""Join links and confirmed devices: what leads a person into their sessions, and what lets them in."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Router

from callboard.api.guard import Asked
from callboard.api.resources.sessions import ids, may_steer, seen
from callboard.api.shapes import links as shapes
from callboard.sessions.operations import devices, links

router = Router(tags=["Sessions"])
of_people = Router(tags=["People"])


@router.post("/{session}/participants/{person}/link", response=shapes.LinkItem, operation_id="get_join_link")
def get_join_link(request: Asked, session: str, person: str) -> Any:
    """Their link to this session's series (or to it alone); made where there is none, else the same again.

    It finds the session and lets nobody in by itself: that takes a sign-in, or a confirmed device.
    """
    may_steer(request.access)
    return {"url": links.link_for(_person(request, session, person), session)}


@router.post(
    "/{session}/participants/{person}/link/replace",
    response=shapes.LinkItem,
    operation_id="replace_join_link",
)
def replace_join_link(request: Asked, session: str, person: str) -> Any:
    """A new link. Whoever opens the former one is told that it was replaced."""
    may_steer(request.access)
    return {"url": links.replace(_person(request, session, person), session)}


@router.post(
    "/{session}/participants/{person}/link/send", response=shapes.LinkSent, operation_id="send_join_link"
)
def send_join_link(request: Asked, session: str, person: str) -> Any:
    """Mail it to them, or to whoever answers for them. 409 `no_address` where none is known."""
    may_steer(request.access)
    return {"sent_to": list(links.send_later(_person(request, session, person), session))}


@of_people.get("/{person}/devices", response=shapes.DeviceList, operation_id="list_devices")
def list_devices(request: Asked, person: str) -> Any:
    """The devices that they have confirmed."""
    request.access.require("people.read")
    rows = devices.of_person(ids({person: "person"})[person])
    return {
        "items": [
            {"id": row.pk, "label": row.label, "confirmed_at": row.confirmed_at, "seen_at": row.seen_at}
            for row in rows
        ]
    }


@of_people.delete("/{person}/devices", response={204: None}, operation_id="revoke_devices")
def revoke_devices(request: Asked, person: str) -> Any:
    """Let none of their devices in any more: each has to be confirmed anew."""
    request.access.require("people.manage")
    devices.revoke(ids({person: "person"})[person])
    return HttpResponse(status=204)


def _person(request: Asked, session: str, person: str) -> int:
    seen(request.access, session)
    return ids({person: "person"})[person]
