"""A person's ways in, as coordinators look after them: send or replace a link, revoke their devices."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callboard.lib import clock
from callboard.lib.errors import Conflict
from callboard.sessions import queries
from callboard.sessions.operations import devices, links
from callboard.web import times
from callboard.web.presenters import frame, ways_in
from callboard.web.viewer import STAFF, Viewer, page


@page(*STAFF)
def of_session(request: HttpRequest, viewer: Viewer, key: str) -> HttpResponse:
    """Everybody's link to one session, to hand on by hand."""
    session, now = queries.by_key(key), clock.now()
    context = {
        "frame": frame.frame(viewer, now, "sessions"),
        "session": session,
        "day": times.day(session.starts_at, viewer.tz),
        "span": times.span(session.starts_at, session.ends_at, viewer.tz),
        "parts": ways_in.into(session),
    }
    return render(request, "web/session_links.html", context)


@require_POST
@page(*STAFF)
def send(request: HttpRequest, viewer: Viewer, pk: int, key: str) -> HttpResponse:
    try:
        to = links.send_later(pk, key)
        messages.info(request, _("The link goes to %(addresses)s.") % {"addresses": ", ".join(to)})
    except Conflict as error:
        messages.error(request, str(error))
    return redirect("web:session_links", key) if "of_session" in request.POST else redirect("web:person", pk)


@require_POST
@page(*STAFF)
def replace(request: HttpRequest, viewer: Viewer, pk: int, key: str) -> HttpResponse:
    links.replace(pk, key)
    messages.info(request, _("The link is replaced. The former one only says so."))
    return redirect("web:person", pk)


@require_POST
@page(*STAFF)
def revoke_devices(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    viewer.access.require("people.manage")
    devices.revoke(pk)
    messages.info(request, _("Each of their devices has to be confirmed anew."))
    return redirect("web:person", pk)
