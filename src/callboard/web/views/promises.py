"""What the operation promises and how well it keeps it, by day, with what was not kept one click away."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from callboard.lib import clock, days
from callboard.lib.errors import NotFound
from callboard.web import times
from callboard.web.presenters import frame
from callboard.web.presenters import promises as presenter
from callboard.web.reads import promises as reads
from callboard.web.viewer import STAFF, Viewer, page

LENGTHS = (7, 30, 90)
USUAL = 30
PAGE = 100


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now, length = clock.now(), _length(request)
    table = request.GET.get("as") == "table"
    base = reverse("web:promises")
    other = f"{base}?days={length}" + ("" if table else "&as=table")
    context = {
        "frame": frame.frame(viewer, now, "promises"),
        "page": presenter.page(reads.kept(now, length, _zone(viewer)), as_table=table),
        "lengths": [
            (n, _("%(n)d days") % {"n": n}, f"{base}?days={n}{'&as=table' if table else ''}") for n in LENGTHS
        ],
        "length": length,
        "table": table,
        "other": other,
    }
    return render(request, "web/promises.html", context)


@page(*STAFF)
def unkept(request: HttpRequest, viewer: Viewer, kind: str) -> HttpResponse:
    """What was not kept of one kind: on one day, or within the last days."""
    if kind not in reads.ORDER:
        raise NotFound
    now, tz, length = clock.now(), _zone(viewer), _length(request)
    today = days.today(now, tz)
    day = _day(request.GET.get("day", ""))
    first, last = (day, day) if day else (today - timedelta(days=length - 1), today)
    start = _number(request.GET.get("from", ""))
    since, until = days.midnight(first, tz), days.midnight(last + timedelta(days=1), tz)
    found = reads.unkept(kind, since, until, now, start, PAGE)
    query = f"day={day}" if day else f"days={length}"
    context = {
        "frame": frame.frame(viewer, now, "promises"),
        "title": presenter.title(kind),
        "rule": presenter.rule(kind),
        "span": presenter.named(day) if day else _("the last %(n)d days") % {"n": length},
        "rows": presenter.misses(found, viewer, now, tz),
        "back": f"{reverse('web:promises')}?days={length}",
        "next": f"?{query}&from={start + PAGE}" if found.more else "",
    }
    return render(request, "web/unkept.html", context)


def _zone(viewer: Viewer) -> ZoneInfo:
    """The clock on the organization's walls, by which days begin."""
    return times.zone(viewer.access.organization_zone)


def _length(request: HttpRequest) -> int:
    wanted = _number(request.GET.get("days", ""))
    return wanted if wanted in LENGTHS else USUAL


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
