"""Where each role lands, and what is one's own: the day of whoever teaches or learns, a family's, oneself."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from callboard.lib import clock
from callboard.people import queries as people
from callboard.people.models import Role, User
from callboard.people.operations import change_own
from callboard.web.presenters import frame
from callboard.web.presenters import home as presenter
from callboard.web.reads import session as reads
from callboard.web.reads import steps
from callboard.web.viewer import EVERYONE, Viewer, page

THEMES = ("light", "dark")
YEAR_S = 365 * 86400


@page()
def home(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    if viewer.is_staff:
        return redirect("web:queue" if steps.held() else "web:start")
    return redirect("web:family" if viewer.role == Role.GUARDIAN else "web:today")


@page(Role.INSTRUCTOR, Role.STUDENT)
def today(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    rows = reads.of_people(people.own_people(viewer.access))
    context = {"frame": frame.frame(viewer, now, "today"), "day": presenter.day(rows, viewer, now)}
    return render(request, "web/today.html", context)


@page(Role.GUARDIAN)
def family(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    context = {"frame": frame.frame(viewer, now, "today"), "family": presenter.family(viewer, now)}
    return render(request, "web/family.html", context)


@page(Role.INSTRUCTOR, Role.STUDENT, Role.GUARDIAN)
def lessons(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    context = {"frame": frame.frame(viewer, now, "lessons"), "lessons": presenter.lessons(viewer, now)}
    return render(request, "web/lessons.html", context)


@page(*EVERYONE)
def you(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """One's own settings: zone, keys, light or dark. A guardian's rights are not changed here."""
    now = clock.now()
    if request.method == "POST":
        return _changed(request, viewer)
    context = {
        "frame": frame.frame(viewer, now, "you"),
        "theme": request.COOKIES.get("theme", ""),
        "zones": sorted(
            name for name in available_timezones() if "/" in name and not name.startswith("Etc/")
        ),
        "user": User.objects.get(pk=viewer.access.user or 0),
        "several": viewer.access.several,
    }
    return render(request, "web/you.html", context)


def _changed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    response = redirect("web:you")
    theme = request.POST.get("theme")
    if theme is not None:
        if theme in THEMES:
            response.set_cookie("theme", theme, max_age=YEAR_S, samesite="Lax")
        else:
            response.delete_cookie("theme")
    zone = request.POST.get("zone")
    if zone is not None:
        user = User.objects.get(pk=viewer.access.user or 0)
        change_own(user, name=user.name, zone=zone, locale=user.locale, shortcuts="shortcuts" in request.POST)
    return response
