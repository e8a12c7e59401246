"""What becomes of the organization's data: who was erased, and how far it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from callboard.lib import clock
from callboard.people import queries
from callboard.web.presenters import erasures, frame
from callboard.web.viewer import Viewer, page

LATEST = 100


@require_safe
@page("admin")
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    context = {
        "frame": frame.frame(viewer, now, "settings"),
        "erasures": erasures.rows(queries.erasures(viewer.access)[:LATEST], viewer, now),
    }
    return render(request, "web/settings_data.html", context)
