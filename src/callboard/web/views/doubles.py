"""Records that may be of one person: suggested, looked at side by side, merged, and parted again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callboard.lib import clock
from callboard.lib.errors import CallboardError
from callboard.people import doubles
from callboard.people.models import ConsentKind
from callboard.people.operations import merging
from callboard.web import times
from callboard.web.presenters import frame
from callboard.web.presenters import people as presenter
from callboard.web.viewer import STAFF, Viewer, page
from callboard.workflows import merge_people

FIELDS: dict[str, Any] = {
    "email": lambda: _("mail address"),
    "phone": lambda: _("phone"),
    "zone": lambda: _("time zone"),
    "locale": lambda: _("language"),
}


@require_safe
@page(*STAFF)
def listed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    viewer.access.require("people.manage")
    rows = [
        (each.first, each.second, ", ".join(str(doubles.WHY[why]) for why in each.why))
        for each in doubles.likely()
    ]
    context = {"frame": frame.frame(viewer, clock.now(), "people"), "rows": rows}
    return render(request, "web/doubles.html", context)


@page(*STAFF)
def merge(request: HttpRequest, viewer: Viewer, pk: int, other: int) -> HttpResponse:
    """GET shows what would be kept of `other` in `pk`; POST does it, or says (`apart`) that they are two."""
    if request.method == "POST":
        return _merged(request, viewer, pk, other)
    seen = merge_people.preview(viewer.access, pk, other)
    kinds = dict(ConsentKind.choices)
    context = {
        "frame": frame.frame(viewer, clock.now(), "people"),
        "seen": seen,
        "sides": presenter.sides(seen.kept, seen.double, viewer.tz),
        "filled": times.names([str(FIELDS[name]()) for name in seen.filled], 9),
        "guardians": times.names(list(seen.guardians), 9),
        "wards": times.names(list(seen.wards), 9),
        "consents": times.names([str(kinds[kind]) for kind in seen.consents], 9),
    }
    return render(request, "web/merge.html", context)


def _merged(request: HttpRequest, viewer: Viewer, pk: int, other: int) -> HttpResponse:
    try:
        if "apart" in request.POST:
            merging.say_distinct(viewer.access, pk, other)
            messages.info(request, _("Two people, and not suggested again."))
            return redirect("web:doubles")
        merge_people.merge(viewer.access, pk, other)
        messages.info(request, _("They are one now. Within a day this can be taken back, below."))
    except CallboardError as error:
        messages.error(request, str(error))
        return redirect("web:merge", pk, other)
    return redirect("web:person", pk)


@require_POST
@page(*STAFF)
def unmerge(request: HttpRequest, viewer: Viewer, pk: int, change: int) -> HttpResponse:
    try:
        merge_people.unmerge(viewer.access, pk, change)
        messages.info(request, _("They are two again. Sessions booked since stay here."))
    except CallboardError as error:
        messages.error(request, str(error))
    return redirect("web:person", pk)
