"""First steps: what there is to do before the first session, and what of it is done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from callboard.lib import clock
from callboard.sessions import retention_queries
from callboard.web.presenters import frame, retention
from callboard.web.presenters import steps as presenter
from callboard.web.viewer import STAFF, Viewer, page


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    steps = presenter.steps()
    context = {
        "frame": frame.frame(viewer, clock.now(), "start"),
        "steps": steps,
        "done": sum(step.done for step in steps),
        "news": retention.news(retention_queries.news(viewer.access)),
        "next": next((step.key for step in steps if not step.done), ""),
    }
    return render(request, "web/start.html", context)
