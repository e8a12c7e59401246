"""People: found by name, and one person's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from callboard.lib import clock
from callboard.web.presenters import frame, ways_in
from callboard.web.presenters import people as presenter
from callboard.web.reads import people as reads
from callboard.web.viewer import STAFF, Viewer, page

PAGE = 100


@page(*STAFF)
def listed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    kind = request.GET.get("kind", "")
    kind = kind if kind in reads.KINDS else ""
    text = request.GET.get("q", "").strip()[:100]
    start = int(number) if (number := request.GET.get("from", "")).isdecimal() and len(number) < 9 else 0
    found = reads.listed(kind, text, start, PAGE)
    base = reverse("web:people")
    names = {
        "": _("Everyone"),
        "instructors": _("Instructors"),
        "students": _("Students"),
        "guardians": _("Guardians"),
        "members": _("Who signs in"),
        "archived": _("Archive"),
    }
    query = {"kind": kind, "q": text}
    context = {
        "frame": frame.frame(viewer, now, "people"),
        "rows": presenter.rows(found.people, viewer, now),
        "tabs": [
            (names[each], f"{base}?{urlencode({**query, 'kind': each})}", each == kind) for each in names
        ],
        "kind": kind,
        "text": text,
        "next": f"{base}?{urlencode({**query, 'from': str(start + PAGE)})}" if found.more else "",
    }
    return render(request, "web/people.html", context)


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    now = clock.now()
    known = reads.known(pk, now)
    takes_part = hasattr(known.person, "instructor") or hasattr(known.person, "student")
    context = {
        "frame": frame.frame(viewer, now, "people"),
        "person": presenter.view(known, viewer, now),
        "ways": ways_in.view(pk, known.coming, viewer, now) if takes_part else None,
    }
    return render(request, "web/person.html", context)
