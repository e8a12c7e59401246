"""Settings of the organization, for its admins: invitations, keys for programs, queues."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from callboard.lib import clock
from callboard.people.models import Role
from callboard.web.presenters import frame
from callboard.web.viewer import Viewer, page


@page(Role.ADMIN)
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    return render(request, "web/settings.html", {"frame": frame.frame(viewer, now, "settings")})
