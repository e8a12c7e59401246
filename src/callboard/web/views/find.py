"""Find a session or a person by a few letters, from any page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from callboard.lib import clock
from callboard.web.presenters import frame
from callboard.web.presenters import people as people_presenter
from callboard.web.presenters import session as session_presenter
from callboard.web.reads import people, session
from callboard.web.viewer import STAFF, Viewer, page


@page(*STAFF)
def found(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    text = request.GET.get("q", "").strip()[:100]
    quick = bool(request.headers.get("X-Found"))
    length = 6 if quick else 50
    context: dict[str, Any] = {"q": text, "people": [], "sessions": []}
    if len(text) >= 2:
        context["people"] = people_presenter.rows(people.listed("", text, 0, length).people, viewer, now)
        listed = session.listed(session.matching(text), 0, length)
        context["sessions"] = session_presenter.rows(listed, viewer, now)
    if quick:
        return render(request, "web/parts/found.html", context)
    return render(request, "web/found.html", {**context, "frame": frame.frame(viewer, now, "")})
