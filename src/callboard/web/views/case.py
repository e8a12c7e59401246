"""One case on a page of its own, and what people do to cases."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callboard.lib import clock
from callboard.web import deeds, words
from callboard.web.presenters import case, frame
from callboard.web.reads import case as reads
from callboard.web.viewer import STAFF, Viewer, page


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    now = clock.now()
    context = {
        "frame": frame.frame(viewer, now, "queue"),
        "case": case.view(reads.whole(viewer.access, pk), viewer, now),
    }
    return render(request, "web/case.html", context)


@require_POST
@page(*STAFF)
def act(request: HttpRequest, viewer: Viewer, pk: int, name: str) -> HttpResponse:
    """Do something to a case. Scripts get 204 and an event with the words; others the case again."""
    done = deeds.do(viewer.access, pk, name, {key: str(value) for key, value in request.POST.items()})
    kind = words.kind(reads.kind_of(pk))
    text = _("%(done)s “%(title)s”.") % {"done": deeds.said(name), "title": kind}
    return _answer(
        request, pk, text, undo=reverse("web:case_undo", args=[pk, done]) if done else "", name=name
    )


@require_POST
@page(*STAFF)
def undo(request: HttpRequest, viewer: Viewer, pk: int, entry: int) -> HttpResponse:
    deeds.undo(viewer.access, pk, entry)
    return _answer(request, pk, _("Undone."), undo="", name="undo")


def _answer(request: HttpRequest, pk: int, text: str, *, undo: str, name: str) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        messages.info(request, text)
        return redirect("web:case", pk)
    told: dict[str, Any] = {"callboard:done": {"text": text, "undo": undo, "case": pk, "name": name}}
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps(told)
    return response
