"""Why a case was raised: a page of its own beside the case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from callboard.cases import queries
from callboard.lib import clock
from callboard.live.why import why
from callboard.web.presenters import frame, replay
from callboard.web.reads.seats import seats
from callboard.web.viewer import STAFF, Viewer, page


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    case, now = queries.case(viewer.access, pk), clock.now()
    roster = seats([case.session_id]).get(case.session_id, []) if case.session_id else []
    names = {seat.key: seat.name for seat in roster}
    context = {
        "frame": frame.frame(viewer, now, "queue"),
        "case": case,
        "why": replay.page(case, why(case), names, viewer, now),
    }
    return render(request, "web/why.html", context)
