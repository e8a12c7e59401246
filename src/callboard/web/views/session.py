"""Sessions: lists by time, and one session on one time axis. Everyone sees their own; staff see all."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from callboard.lib import clock
from callboard.people import queries as people
from callboard.sessions.models import Session
from callboard.web import times
from callboard.web.presenters import deeds, frame, recordings, retention
from callboard.web.presenters import session as presenter
from callboard.web.presenters import timeline as axis
from callboard.web.reads import session as reads
from callboard.web.reads.measures import measures
from callboard.web.reads.story import Story
from callboard.web.reads.story import story as told
from callboard.web.viewer import EVERYONE, STAFF, Viewer, page

PAGE = 100


@page(*STAFF)
def listed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    when = request.GET.get("when", "")
    start = max(
        0, int(number) if (number := request.GET.get("from", "")).isdecimal() and len(number) < 9 else 0
    )
    today = now.astimezone(viewer.tz).date()
    if when == "live":
        rows, title, chosen = (
            Session.objects.filter(status="live").order_by("starts_at", "pk"),
            _("Live now"),
            today,
        )
    elif when == "soon":
        rows, title, chosen = reads.between(*presenter.soon(now)), _("Starting soon"), today
    else:
        chosen = _day(when) or today
        rows = reads.between(_midnight(chosen, viewer), _midnight(chosen + timedelta(days=1), viewer))
        title = times.long_day(_midnight(chosen, viewer), viewer.tz)
    found = reads.listed(rows, start, PAGE)
    base = reverse("web:sessions")
    context = {
        "frame": frame.frame(viewer, now, "starting" if when == "soon" else "sessions"),
        "title": title,
        "rows": presenter.rows(found, viewer, now),
        "tabs": [
            (_("Live now"), f"{base}?when=live", when == "live"),
            (_("Starting soon"), f"{base}?when=soon", when == "soon"),
            (_("Today"), base, when not in ("live", "soon") and chosen == today),
        ],
        "before": f"{base}?when={chosen - timedelta(days=1)}",
        "after": f"{base}?when={chosen + timedelta(days=1)}",
        "next": f"{base}?when={when}&from={start + PAGE}" if found.more else "",
    }
    return render(request, "web/sessions.html", context)


@page(*EVERYONE)
def show(request: HttpRequest, viewer: Viewer, key: str) -> HttpResponse:
    now = clock.now()
    story = told(_visible(viewer, key))
    # A page read anew is for what changes round the axis, whose script reads it by itself.
    anew = "X-Live" in request.headers
    heard = None if anew else _recordings(request, viewer, story)
    if not viewer.is_staff:
        own = {"instructor": "today", "guardian": "today", "student": "today"}
        context = {
            "frame": frame.frame(viewer, now, own.get(viewer.role, "today")),
            "session": presenter.view(story, viewer, now),
            "recordings": heard if heard and heard.rows else None,
        }
        return render(request, "web/session_own.html", context)
    context = {
        "frame": frame.frame(viewer, now, "sessions"),
        "session": presenter.view(story, viewer, now),
        "axis": None if anew else axis.timeline(story, measures(key), viewer, now),
        "deeds": deeds.section(story, viewer),
        "recordings": heard,
        "hold": retention.hold_of(story.session, viewer),
    }
    return render(request, "web/session.html", context)


def _recordings(request: HttpRequest, viewer: Viewer, story: Story) -> recordings.Section | None:
    """Those of the session, one of them playing where the address says so."""
    of = request.GET.get("of", "")
    playing = int(of) if of.isdecimal() and len(of) < 19 else 0
    token = request.GET.get("play", "")
    return recordings.section(story, viewer, "" if "/" in token else token, playing)


@page(*STAFF)
def timeline(request: HttpRequest, viewer: Viewer, key: str) -> HttpResponse:
    """The axis as data, for the page's script to draw anew."""
    story = told(_visible(viewer, key))
    response = JsonResponse(axis.timeline(story, measures(key), viewer, clock.now()))
    response["Cache-Control"] = "no-store"
    return response


def _visible(viewer: Viewer, key: str) -> Session:
    return reads.by_key(key, None if viewer.is_staff else people.own_people(viewer.access))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date, viewer: Viewer) -> datetime:
    return datetime.combine(day, time(), viewer.tz)
