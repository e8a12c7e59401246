"""Hearing a recording: asked for on the session's page, handed out by a link that lasts for a while."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callboard.lib import downloads, signing
from callboard.lib.errors import CallboardError, Conflict, NotFound
from callboard.lib.store import Missing, Store, StoreFailed, recordings
from callboard.lib.tenancy import organization_scope
from callboard.sessions import recording_files
from callboard.sessions.models import Recording
from callboard.sessions.operations import viewing
from callboard.web.viewer import EVERYONE, Viewer, page

PIECE = downloads.PIECE
"""Bytes of one answer to a player that asks for a range: it asks for the next by itself."""

_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


@require_POST
@page(*EVERYONE)
def ask(_request: HttpRequest, viewer: Viewer, key: str, pk: int) -> HttpResponse:
    """A link for this viewing, noted, and back to the session's page, which plays it."""
    playback = viewing.ask_playback(viewer.access, pk)
    return redirect(f"{reverse('web:session', args=[key])}?play={playback.token}&of={pk}#recordings")


@require_safe
def hand_out(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file that a link names, or the range of it that is asked for. Consents are asked each time."""
    try:
        ticket = viewing.read_ticket(token)
        with organization_scope(ticket.organization):
            recording = viewing.play(ticket)
        store = recordings()
        direct = downloads.direct(store, recording.location)
        if direct is not None:
            return _private(redirect(direct))
        return _private(_from(store, recording, request.headers.get("Range", "")))
    except signing.TokenExpired:
        words = _("This link has run out. Open the session’s page for another.")
        return _failed(request, Conflict(words, code="expired"))
    except (signing.BadToken, Missing):
        return _failed(request, NotFound(_("There is no such recording.")))
    except StoreFailed:
        words = _("The place where recordings are kept does not answer. Try again in a while.")
        return _failed(request, Conflict(words, code="store_down"))
    except CallboardError as error:
        return _failed(request, error)


def _from(store: Store, recording: Recording, asked: str) -> HttpResponseBase:
    name, size = recording.location, store.size(recording.location)
    kind = recording_files.media_type(name)
    found = _RANGE.match(asked)
    if not asked or found is None or not any(found.groups()):
        whole = StreamingHttpResponse(downloads.pieces(store, name, size), content_type=kind)
        whole["Content-Length"] = str(size)
        whole["Accept-Ranges"] = "bytes"
        return whole
    start, end = _bounds(found[1], found[2], size)
    if start >= end:
        none = HttpResponse(status=416, content_type=kind)
        none["Content-Range"] = f"bytes */{size}"
        return none
    part = HttpResponse(store.read(name, start, end), status=206, content_type=kind)
    part["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    part["Accept-Ranges"] = "bytes"
    return part


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """[start, end) of a range as it is asked for; "-n" is the last n."""
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
    return start, min(end, start + PIECE)


def _private(response: HttpResponseBase) -> HttpResponseBase:
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _failed(request: HttpRequest, error: CallboardError) -> HttpResponse:
    return render(request, "web/failed.html", {"error": error}, status=error.status)
