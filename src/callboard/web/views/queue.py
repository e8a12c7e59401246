"""The queue: a coordinator's home, with the selected case beside it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from callboard.lib import clock
from callboard.lib.errors import NotFound
from callboard.web.presenters import calm, case, frame, queue
from callboard.web.reads import case as case_reads
from callboard.web.reads import queue as reads
from callboard.web.viewer import STAFF, Viewer, page


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    slug, view = request.GET.get("queue", ""), request.GET.get("view", "")
    chosen = next((each for each in reads.queues() if each.slug == slug), None) if slug else None
    if slug and chosen is None:
        raise NotFound
    waiting = reads.waiting(
        now,
        queue=chosen.pk if chosen else None,
        owner=viewer.member if view == "mine" else None,
        snoozed=view == "snoozed",
    )
    query = urlencode({name: value for name, value in (("queue", slug), ("view", view)) if value})
    link = reverse("web:queue") + (f"?{query}" if query else "")
    board = queue.board(waiting, viewer, now, link)
    heading = chosen.name if chosen else {"mine": _("Mine"), "snoozed": _("Snoozed")}.get(view, _("Queue"))
    here = f"queue-{slug}" if chosen else view or "queue"
    selected = _number(request.GET.get("case", ""))
    shown = None
    if selected is not None:
        try:
            shown = case.view(case_reads.whole(viewer.access, selected), viewer, now)
        except NotFound:
            selected = None
    return render(
        request,
        "web/queue.html",
        {
            "frame": frame.frame(viewer, now, here),
            "board": board,
            "calm": calm.calm(viewer, now) if board.empty else None,
            "case": shown,
            "selected": selected,
            "heading": heading,
            "link": link,
        },
    )


@page(*STAFF)
def pane(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """The selected case alone, for the right side of the queue."""
    now = clock.now()
    return render(
        request, "web/parts/pane.html", {"case": case.view(case_reads.whole(viewer.access, pk), viewer, now)}
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None
