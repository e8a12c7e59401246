"""Incidents: the list, one on a page of its own or beside the queue, and what is done to all of its cases."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callboard.cases import operations
from callboard.lib import clock
from callboard.web import deeds
from callboard.web.done import done
from callboard.web.presenters import frame, incident
from callboard.web.reads import incident as reads
from callboard.web.viewer import STAFF, Viewer, page

SHOWN = 50


@page(*STAFF)
def listed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    rows = incident.rows(list(reads.listed(viewer.access, SHOWN)), viewer, now)
    return render(
        request, "web/incidents.html", {"frame": frame.frame(viewer, now, "incidents"), "rows": rows}
    )


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    now = clock.now()
    context = {
        "frame": frame.frame(viewer, now, "incidents"),
        "incident": incident.view(reads.whole(viewer.access, pk), viewer, now),
    }
    return render(request, "web/incident.html", context)


@page(*STAFF)
def pane(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """The incident alone, for the right side of the queue."""
    view = incident.view(reads.whole(viewer.access, pk), viewer, clock.now())
    return render(request, "web/parts/incident_pane.html", {"incident": view})


@require_POST
@page(*STAFF)
def act(request: HttpRequest, viewer: Viewer, pk: int, name: str) -> HttpResponse:
    """Do something to all the cases that stand under it."""
    form = {key: str(value) for key, value in request.POST.items()}
    if name == "claim":
        many = operations.claim_incident(viewer.access, pk, bool(form.get("override")))
    elif name == "release":
        many = operations.release_incident(viewer.access, pk)
    elif name == "assign":
        many = operations.assign_incident(viewer.access, pk, deeds.number(form.get("member", "")))
    else:
        many = operations.act_on_incident(viewer.access, pk, name, **deeds.parameters(name, form))
    owning = name in ("claim", "release", "assign")
    undo = reverse("web:undo_many", args=[many.batch]) if many.undoable and not owning else ""
    text = deeds.told(name, many) if many.outcomes else _("Done.")
    back = reverse("web:incident", args=[pk])
    return done(request, text, undo=undo, name=name, back=back, failed=bool(many.failed))
