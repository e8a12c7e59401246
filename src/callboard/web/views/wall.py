"""The live wall: every live session at a glance, what is wrong standing out.

The page itself holds no sessions: its script asks for all of them once, and then for those that changed.
"""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page

from callboard.lib import clock
from callboard.web.presenters import frame
from callboard.web.presenters import wall as presenter
from callboard.web.reads import wall as reads
from callboard.web.viewer import STAFF, Viewer, page

MOST_KEYS = 400
"""Asked for more at once, the whole wall is told."""


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    names = {
        "provider": _("Provider"),
        "region": _("Region"),
        "subject": _("Subject"),
        "node": _("Server"),
        "start": _("Start"),
    }
    by = request.GET.get("by", "")
    context = {
        "frame": frame.frame(viewer, clock.now(), "wall"),
        "by": by if by in presenter.GROUPINGS else "provider",
        "groupings": [(key, names[key]) for key in presenter.GROUPINGS],
    }
    return render(request, "web/wall.html", context)


@gzip_page
@page(*STAFF)
def cells(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The wall as data: all of it, or with `keys` (with commas between) what became of those sessions."""
    now = clock.now()
    asked = [key for key in request.GET.get("keys", "").split(",") if key]
    told = (
        presenter.part(reads.wall(now, asked), asked, viewer)
        if 0 < len(asked) <= MOST_KEYS
        else presenter.whole(reads.wall(now), viewer)
    )
    response = HttpResponse(msgspec.json.encode(told), content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


@page(*STAFF)
def bare(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The frame without its wall, for the counts beside a wall that draws itself."""
    return render(request, "web/base.html", {"frame": frame.frame(viewer, clock.now(), "wall")})
