"""What becomes of the organization's data: who was erased, all of it as one file, and its deletion."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callboard.lib import clock, downloads, signing
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.people import queries
from callboard.people.operations import departures, takeouts
from callboard.sessions import retention_queries
from callboard.web.presenters import erasures, frame, leaving, retention
from callboard.web.viewer import Viewer, page
from callboard.workflows import leave as leave_organization
from callboard.workflows import take_out

LATEST = 100


@require_safe
@page("admin")
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    return _shown(request, viewer)


def _shown(request: HttpRequest, viewer: Viewer, *, refused: str = "", status: int = 200) -> HttpResponse:
    now = clock.now()
    found = queries.takeouts(viewer.access)[:10]
    context = {
        "frame": frame.frame(viewer, now, "settings"),
        "erasures": erasures.rows(queries.erasures(viewer.access)[:LATEST], viewer, now),
        "takeouts": leaving.takeouts(found, viewer, now),
        "making": any(each.status == "asked" for each in found),
        "departure": leaving.departure(departures.departure(), viewer, now),
        "refused": refused,
        "due": retention.due(retention_queries.due_by_day(viewer.access, viewer.tz), viewer),
        "news": retention.news(retention_queries.news(viewer.access)),
    }
    return render(request, "web/settings_data.html", context, status=status)


@require_POST
@page("admin")
def ask(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    take_out.ask(viewer.access, files="files" in request.POST)
    messages.info(request, _("It is being made. You find it here when it is ready."))
    return redirect("web:data")


@require_safe
@page("admin")
def hand_out(_request: HttpRequest, viewer: Viewer, token: str) -> HttpResponse:
    """The file, for an admin of its organization, written down each time."""
    try:
        organization, pk = takeouts.read_ticket(token)
    except signing.TokenExpired as error:
        raise Conflict(_("This link has run out. Ask for another file."), code="expired") from error
    except signing.BadToken as error:
        raise NotFound from error
    if organization != viewer.access.organization:
        raise NotFound
    found = takeouts.fetch_takeout(viewer.access, pk)
    name = take_out.file_name(viewer.access, found)
    return downloads.attachment(found.location, name)  # type: ignore[return-value]  # a stream goes too


@require_POST
@page("admin")
def leave(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    try:
        leave_organization.ask(viewer.access, request.POST.get("typed", "")[:300])
    except Invalid as error:
        return _shown(request, viewer, refused=" ".join(map(str, error.fields.values())), status=422)
    except Conflict as error:
        messages.error(request, str(error))
    return redirect("web:data")


@require_POST
@page("admin")
def keep(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    try:
        departures.keep_organization(viewer.access)
        messages.info(request, _("It is kept. Nothing was deleted."))
    except Conflict as error:
        messages.error(request, str(error))
    return redirect("web:data")
