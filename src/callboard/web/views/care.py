"""Switching on and off what the system does by itself in rooms; the switches stand on the providers' page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callboard.people.models import Role
from callboard.sessions import queries
from callboard.sessions.operations import care
from callboard.web import words
from callboard.web.viewer import Viewer, page


@dataclass(frozen=True)
class Switch:
    name: str
    text: str
    on: bool
    state: str


def switches() -> list[Switch]:
    """As the organization has them."""
    return [
        Switch(name, words.care(name), on, _("On") if on else _("Off")) for name, on in queries.care().items()
    ]


@require_POST
@page(Role.ADMIN.value)
def switch(request: HttpRequest, viewer: Viewer, name: str) -> HttpResponse:
    """The other way round from how it is shown."""
    care.save_care(viewer.access, {name: request.POST.get("on") == "1"})
    return redirect("web:servers")
