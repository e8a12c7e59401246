"""Switching on and off what the system does by itself in rooms; the switches stand on the providers' page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from callboard.people.models import Role
from callboard.sessions import queries
from callboard.sessions.operations import care
from callboard.web.viewer import Viewer, page

WORDS = {
    "replace_lost_rooms": lazy("When a server is down, move its sessions to another"),
    "reach_instructor": lazy("When the instructor is missing, mail them their link and tell their open page"),
    "tell_bad_audio": lazy("When somebody’s sound is bad, tell them in the room what to do"),
    "hold_strangers": lazy("Put strangers back at the door, where the provider lets them wait there"),
}


@dataclass(frozen=True)
class Switch:
    name: str
    text: str
    on: bool
    state: str


def switches() -> list[Switch]:
    """As the organization has them."""
    return [
        Switch(name, str(WORDS.get(name, name)), on, _("On") if on else _("Off"))
        for name, on in queries.care().items()
    ]


@require_POST
@page(Role.ADMIN.value)
def switch(request: HttpRequest, viewer: Viewer, name: str) -> HttpResponse:
    """The other way round from how it is shown."""
    care.save_care(viewer.access, {name: request.POST.get("on") == "1"})
    return redirect("web:servers")
