"""Copies of all that is held of a person: asked for on their page, handed out by a link that runs out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callboard.lib import signing
from callboard.lib.errors import Conflict, NotFound
from callboard.people.operations import copying
from callboard.web.viewer import STAFF, Viewer, page


@require_POST
@page(*STAFF)
def ask(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    copying.ask_copy(viewer.access, pk)
    messages.info(request, _("The copy is being made, and will be found here in a moment."))
    return redirect("web:person", pk)


@require_safe
@page(*STAFF)
def hand_out(_request: HttpRequest, viewer: Viewer, token: str) -> HttpResponse:
    """The file, for whoever may manage people of its organization; noted each time."""
    try:
        ticket = copying.read_copy_ticket(token)
    except signing.TokenExpired as error:
        raise Conflict(_("This link has run out. Make another copy."), code="expired") from error
    except signing.BadToken as error:
        raise NotFound from error
    if ticket.organization != viewer.access.organization:
        raise NotFound
    found = copying.fetch_copy(viewer.access, ticket.copy)
    response = HttpResponse(copying.read_copy(found), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{found.person.key}.zip"'
    response["Cache-Control"] = "no-store"
    return response
