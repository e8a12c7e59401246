"""One's desk: mentions, the end of a shift, how often people had to act, and who did and read what."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callboard.cases import operations, queries
from callboard.cases.queries import Line
from callboard.lib import clock
from callboard.people.models import Organization
from callboard.web import deeds
from callboard.web.done import done
from callboard.web.presenters import desk as presenter
from callboard.web.presenters import frame
from callboard.web.viewer import STAFF, Viewer, page

MENTIONS = 100
HAND_OVERS = 20
AUDIT_PAGE = 100
EXPORT_AT_MOST = 100_000
WEEKS = 13
AUDITED = ("member", "kind", "case", "since", "before")


@page(*STAFF)
def mentions(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    if request.method == "POST":
        operations.read_mentions(viewer.access)
        return redirect("web:mentions")
    rows = presenter.mentions(queries.mentions(viewer.access)[:MENTIONS], viewer, now)
    return render(request, "web/mentions.html", {"frame": frame.frame(viewer, now, "mentions"), "rows": rows})


@page(*STAFF)
def hand_over(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What one has, what waits, and what those before said; all of one's own goes in one go."""
    now = clock.now()
    context = {
        "frame": frame.frame(viewer, now, "hand-over"),
        "held": presenter.held(queries.held_by(viewer.access, viewer.member), viewer, now),
        "open": presenter.held(queries.open_cases(viewer.access).filter(owner=None)[:50], viewer, now),
        "colleagues": [each for each in queries.colleagues() if each[0] != viewer.member],
        "rows": presenter.hand_overs(queries.hand_overs(viewer.access)[:HAND_OVERS], viewer, now),
    }
    return render(request, "web/hand_over.html", context)


@require_POST
@page(*STAFF)
def hand_all(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    taker = deeds.number(request.POST.get("taker", "")) or None
    handed = operations.hand_over(viewer.access, taker, request.POST.get("text", ""))
    many = handed.many
    text = deeds.told("assign" if taker else "release", many) if many.outcomes else _("Kept the note.")
    undo = reverse("web:undo_many", args=[many.batch]) if many.undoable else ""
    return done(request, text, undo=undo, name="hand-over", back=reverse("web:hand_over"))


@page(*STAFF)
def touches(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    zone = ZoneInfo(Organization.objects.get(pk=viewer.access.organization).zone)
    weeks = queries.touches_by_week(viewer.access, now, zone, WEEKS)
    context = {"frame": frame.frame(viewer, now, "touches"), "touches": presenter.touches(weeks)}
    return render(request, "web/touches.html", context)


@page("admin")
def audit(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    given = {
        name: request.GET.get(name, "").strip() for name in ("member", "kind", "case", "since", "before")
    }
    lines = _lines(given, viewer)
    if request.GET.get("format") == "csv":
        return _csv(islice(lines, EXPORT_AT_MOST))
    found = list(islice(lines, AUDIT_PAGE + 1))
    query = {name: value for name, value in given.items() if value}
    more = found[AUDIT_PAGE - 1].at.isoformat() if len(found) > AUDIT_PAGE else ""
    context = {
        "frame": frame.frame(viewer, now, "audit"),
        "rows": presenter.audit(found[:AUDIT_PAGE], viewer, now),
        "given": given,
        "colleagues": [(str(pk), name) for pk, name in queries.colleagues()],
        "kinds": presenter.audit_kinds(),
        "more": f"?{urlencode({**query, 'before': more})}" if more else "",
        "export": f"?{urlencode({**query, 'format': 'csv'})}",
    }
    return render(request, "web/audit.html", context)


def _lines(given: dict[str, str], viewer: Viewer) -> Iterable[Line]:
    number = given["case"].upper().removeprefix("C-")
    return queries.audit(
        viewer.access,
        member=deeds.number(given["member"]) or None,
        case=deeds.number(number) or None,
        kind=given["kind"],
        since=moment(given["since"], viewer),
        before=moment(given["before"], viewer),
    )


def moment(text: str, viewer: Viewer) -> datetime | None:
    """A day or a moment; one without a zone is the viewer's. None for what is neither."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=viewer.tz)


def safe(text: str) -> str:
    """So that no spreadsheet takes it for a formula."""
    return f"'{text}" if text[:1] in "=+-@" else text


def _csv(lines: Iterable[Line]) -> HttpResponse:
    """Ids and names of members alone: no one that a case is about, and no words."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="case-audit.csv"'
    out = csv.writer(response)
    out.writerow(["at", "member", "name", "what", "action", "case", "kind", "session", "undone_at"])
    for line in lines:
        name = line.member.user.name or line.member.user.email
        out.writerow(
            [line.at.isoformat(), line.member.pk, safe(name), line.kind, line.action, line.case,
             line.case_kind, line.session, line.undone_at.isoformat() if line.undone_at else ""]
        )  # fmt: skip
    return response
