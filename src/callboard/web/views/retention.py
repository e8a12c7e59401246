"""How long things are kept, what will be deleted, and what must stay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from callboard.lib import clock
from callboard.lib.errors import CallboardError, Invalid
from callboard.people.models import Person
from callboard.sessions import retention, retention_queries
from callboard.sessions.models import Session
from callboard.sessions.operations import retention as operations
from callboard.sessions.retention_models import Announced
from callboard.web.forms import PlainForm
from callboard.web.presenters import frame
from callboard.web.presenters import retention as presenter
from callboard.web.viewer import Viewer, page

AT_ONCE = 50
LATEST = 60
LAST = date.max - timedelta(days=2)
"""Later days have no end that every zone can tell; each is refused as too far off."""


@page("admin")
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """All of it on one page, and the form that decides."""
    typed: dict[str, int | None] = {}
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        typed = {kind: _days(request.POST[kind]) for kind in retention.KINDS if kind in request.POST}
        try:
            operations.set_retention(viewer.access, typed)
        except Invalid as error:
            errors = {name: str(text) for name, text in error.fields.items()}
        else:
            messages.info(request, _("Kept. Nothing is deleted that was not shown here for a week."))
            return redirect("web:retention")
    now, access = clock.now(), viewer.access
    context = {
        "frame": frame.frame(viewer, now, "settings"),
        "due": presenter.due(retention_queries.due_by_day(access, viewer.tz), viewer, _examples(viewer)),
        "kept": presenter.kept(retention_queries.kept_days(), typed, errors),
        "version": presenter.version(retention_queries.policy(), viewer),
        "holds": presenter.holds(retention_queries.holds(access), viewer, now),
        "everything": retention_queries.held().everything,
        "deleted": presenter.deleted(retention_queries.deleted(access)[:LATEST]),
        "news": presenter.news(retention_queries.news(access)),
    }
    return render(request, "web/settings_retention.html", context, status=422 if errors else 200)


def _days(text: str) -> int | None:
    """-1 for what is no number, which is then refused."""
    text = text.strip()
    return (int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1) if text else None


def _examples(viewer: Viewer) -> Any:
    return lambda kind: retention_queries.announced(viewer.access, kind)[: presenter.EXAMPLES]


@require_safe
@page("admin")
def announced(request: HttpRequest, viewer: Viewer, kind: str) -> HttpResponse:
    """What of one kind will be deleted, the soonest first."""
    if kind not in retention.KINDS:
        raise Http404
    found = retention_queries.announced(viewer.access, kind)
    at, _sep, pk = request.GET.get("after", "").rpartition(",")
    after = parse_datetime(at) if pk.isdecimal() else None
    if after is not None:
        found = found.filter(Q(due_at__gt=after) | Q(due_at=after, id__gt=int(pk)))
    units: list[Announced] = list(found[: AT_ONCE + 1])
    last = units[AT_ONCE - 1] if len(units) > AT_ONCE else None
    following = urlencode({"after": f"{last.due_at.isoformat()},{last.pk}"}) if last else ""
    context = {
        "frame": frame.frame(viewer, clock.now(), "settings"),
        "title": presenter.title(kind),
        "about": presenter.ABOUT[kind],
        "things": presenter.things(kind, units[:AT_ONCE], viewer),
        "next": f"?{following}" if following else "",
    }
    return render(request, "web/settings_announced.html", context)


@require_POST
@page("admin")
def see(_request: HttpRequest, viewer: Viewer) -> HttpResponse:
    operations.see_news(viewer.access)
    return redirect("web:retention")


# -- holds


class HoldForm(PlainForm):
    reason = forms.CharField(
        label=lazy("Why"),
        max_length=operations.REASON,
        help_text=lazy("For whoever looks at it next year: who asked, under what name it is filed."),
    )
    until = forms.DateField(
        label=lazy("Through"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=lazy("Empty keeps it until somebody lifts the hold."),
    )


@page("admin")
def place(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """A hold on the person or the session that the address names by key, else on everything."""
    what = {name: request.GET.get(name, "")[:40] for name in ("person", "session")}
    scope = next((name for name in ("person", "session") if what[name]), "organization")
    form = HoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.place_hold(
                viewer.access,
                scope,
                form.cleaned_data["reason"],
                until=_end_of(form.cleaned_data["until"], viewer),
                **what,
            )
        except CallboardError as error:
            if error.status == 404:
                raise
            form.refuse(error)
        else:
            messages.info(request, _("It is kept, whatever the policy says."))
            return redirect("web:retention")
    context = {
        "frame": frame.frame(viewer, clock.now(), "settings"),
        "form": form,
        "scope": scope,
        "name": _name(scope, what),
    }
    return render(request, "web/settings_hold.html", context, status=422 if form.errors else 200)


def _end_of(day: Any, viewer: Viewer) -> datetime | None:
    """When a day is over, on the clock that it was meant by."""
    return None if day is None else datetime.combine(min(day, LAST) + timedelta(days=1), time(), viewer.tz)


def _name(scope: str, what: Mapping[str, str]) -> str:
    if scope == "person":
        person = Person.objects.filter(key=what["person"], erased_at=None).first()
        if person is None:
            raise Http404
        return person.name
    if scope == "session":
        session = Session.objects.filter(key=what["session"]).first()
        if session is None:
            raise Http404
        return session.title
    return ""


@require_POST
@page("admin")
def lift(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    operations.lift_hold(viewer.access, pk)
    messages.info(request, _("Lifted. What it kept is deleted no sooner than in a week, if at all."))
    return redirect("web:retention")
