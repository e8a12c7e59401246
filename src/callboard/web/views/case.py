"""One case on a page of its own, and what people do to cases."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from callboard.cases import operations
from callboard.lib import clock
from callboard.web import deeds, words
from callboard.web.done import done
from callboard.web.presenters import case, frame
from callboard.web.presenters import deeds as presenter
from callboard.web.reads import case as reads
from callboard.web.viewer import STAFF, Viewer, page


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    now = clock.now()
    operations.looked(viewer.access, pk)
    context = {
        "frame": frame.frame(viewer, now, "queue"),
        "case": case.view(reads.whole(viewer.access, pk), viewer, now),
    }
    return render(request, "web/case.html", context)


@require_http_methods(["GET", "POST"])
@page(*STAFF)
def act(request: HttpRequest, viewer: Viewer, pk: int, name: str) -> HttpResponse:
    """GET: the fields of its form. POST: do something to a case; scripts get 204 and an event with the words,
    others the case again.
    """
    if request.method == "GET":
        session, participant = reads.asked_of(viewer.access, pk)
        context = {"inputs": presenter.inputs(name, session, participant), "where": f"{name}-{pk}"}
        return render(request, "web/parts/inputs.html", context)
    entry = deeds.do(viewer.access, pk, name, {key: str(value) for key, value in request.POST.items()})
    kind = words.kind(reads.kind_of(pk))
    text = _("%(done)s “%(title)s”.") % {"done": deeds.said(name), "title": kind}
    back = reverse("web:case_undo", args=[pk, entry]) if entry else ""
    return done(request, text, undo=back, case=pk, name=name, back=reverse("web:case", args=[pk]))


@require_POST
@page(*STAFF)
def undo(request: HttpRequest, viewer: Viewer, pk: int, entry: int) -> HttpResponse:
    deeds.undo(viewer.access, pk, entry)
    return done(request, _("Undone."), case=pk, name="undo", back=reverse("web:case", args=[pk]))
