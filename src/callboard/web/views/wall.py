"""The live wall: every live session at a glance, what is wrong standing out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from callboard.lib import clock
from callboard.web.presenters import frame
from callboard.web.presenters import wall as presenter
from callboard.web.reads import wall as reads
from callboard.web.viewer import STAFF, Viewer, page


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    by = _grouping(request)
    names = {"provider": _("Provider"), "region": _("Region"), "subject": _("Subject"), "start": _("Start")}
    context = {
        "frame": frame.frame(viewer, now, "wall"),
        "by": by,
        "groupings": [(key, names[key]) for key in presenter.GROUPINGS],
        "wall": presenter.cells(reads.wall(now), viewer, now, by),
    }
    return render(request, "web/wall.html", context)


@page(*STAFF)
def cells(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The same as data, for the page's script to draw anew."""
    now = clock.now()
    response = JsonResponse(presenter.cells(reads.wall(now), viewer, now, _grouping(request)))
    response["Cache-Control"] = "no-store"
    return response


@page(*STAFF)
def bare(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The frame without its wall, for the counts beside a wall that draws itself."""
    return render(request, "web/base.html", {"frame": frame.frame(viewer, clock.now(), "wall")})


def _grouping(request: HttpRequest) -> str:
    by = request.GET.get("by", "")
    return by if by in presenter.GROUPINGS else "provider"
