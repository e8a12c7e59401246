"""Settings of routes: which cases go to which queue before the queues' own kinds say so, in order."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callboard.cases import operations, queries
from callboard.cases.models import Route
from callboard.cases.operations.routes import FIELDS
from callboard.lib import clock
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.people.models import Role
from callboard.web.done import done
from callboard.web.presenters import frame
from callboard.web.presenters import routes as presenter
from callboard.web.viewer import STAFF, Viewer, page

ADMIN = Role.ADMIN.value
ASKED = ("kind", "severity", "subject", "region", "provider")
MOST_LINES = 100

Values = dict[str, Any]


@page(*STAFF)
def listed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The rules in their order; with `kind` in the address, where such a case would go."""
    asked = {name: request.GET.get(name, "").strip()[:100] for name in ASKED}
    asked["severity"] = asked["severity"] or "soon"
    try:
        placed = operations.where(**asked) if asked["kind"] else None
    except Invalid:
        placed = None
    context = {
        "frame": frame.frame(viewer, clock.now(), "settings"),
        "tab": "queues",
        "rows": presenter.rows(list(queries.routes(viewer.access))),
        "rest": next((each.name for each in operations.all_queues() if each.is_default), ""),
        "example": presenter.example(asked, placed),
        "may": viewer.access.may("settings.manage"),
    }
    return render(request, "web/settings_routes.html", context)


@page(ADMIN)
def add(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The new one comes last."""
    if request.method != "POST":
        return _form(request, viewer, 0, {"queue": "", **{field: [] for field in FIELDS}})
    return _saved(request, viewer, 0, typed(request.POST))


@page(ADMIN)
def change(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    if request.method != "POST":
        found = next((each for each in queries.routes(viewer.access) if each.pk == pk), None)
        if found is None:
            raise NotFound
        return _form(request, viewer, pk, _kept(found))
    return _saved(request, viewer, pk, typed(request.POST))


@require_POST
@page(ADMIN)
def act(request: HttpRequest, viewer: Viewer, pk: int, name: str) -> HttpResponse:
    """up, down or remove."""
    routes = list(queries.routes(viewer.access))
    place = _place(routes, pk)
    values = [_kept(each) for each in routes]
    if name == "remove":
        del values[place]
        text = _("Route %(n)d is gone.") % {"n": place + 1}
    elif name in ("up", "down"):
        other = place - 1 if name == "up" else place + 1
        if not 0 <= other < len(values):
            raise NotFound
        values[place], values[other] = values[other], values[place]
        text = _("Route %(n)d is route %(other)d now.") % {"n": place + 1, "other": other + 1}
    else:
        raise NotFound
    change = operations.save_routes(values, by=viewer.access, expected=[_kept(each) for each in routes])
    undo = reverse("web:undo_routes", args=[change]) if change else ""
    return done(request, text, undo=undo, name="routes", back=reverse("web:routes"))


@require_POST
@page(ADMIN)
def undo(request: HttpRequest, viewer: Viewer, change: int) -> HttpResponse:
    operations.undo_routes(change, by=viewer.access)
    return done(request, _("Undone."), name="undo", back=reverse("web:routes"))


def typed(form: QueryDict) -> Values:
    """What was typed, as `cases.operations.save_routes` takes it."""
    return {
        "queue": form.get("queue", ""),
        "kinds": form.getlist("kinds"),
        "severities": form.getlist("severities"),
        "providers": form.getlist("providers"),
        "subjects": _lines(form.get("subjects", "")),
        "regions": _lines(form.get("regions", "")),
    }


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))[:MOST_LINES]


def _kept(route: Route) -> Values:
    return {"queue": route.queue.slug, **{field: getattr(route, field) for field in FIELDS}}


def _place(routes: list[Route], pk: int) -> int:
    """Raises Conflict where it is gone: any change writes them all anew."""
    for place, each in enumerate(routes):
        if each.pk == pk:
            return place
    raise Conflict(_("Somebody else has just changed the routes."), code="changed_since")


def _saved(request: HttpRequest, viewer: Viewer, pk: int, said: Values) -> HttpResponse:
    routes = list(queries.routes(viewer.access))
    values = [_kept(each) for each in routes]
    try:
        place = _place(routes, pk) if pk else len(routes)
        values[place : place + 1] = [said]
        operations.save_routes(values, by=viewer.access, expected=[_kept(each) for each in routes])
    except Invalid as error:
        mine = {
            name.removeprefix(f"{place}").removeprefix("."): str(text)
            for name, text in error.fields.items()
            if name.split(".")[0] == str(place)
        }
        return _form(request, viewer, pk, said, mine or {"": str(error)})
    except Conflict as error:
        return _form(request, viewer, pk, said, {"": str(error)})
    return redirect("web:routes")


def _form(
    request: HttpRequest, viewer: Viewer, pk: int, said: Values, errors: dict[str, str] | None = None
) -> HttpResponse:
    context = {
        "frame": frame.frame(viewer, clock.now(), "settings"),
        "tab": "queues",
        "form": presenter.form(pk, said, operations.all_queues(), errors or {}),
        "error": (errors or {}).get("", ""),
        "wrong": errors or {},
    }
    return render(request, "web/settings_route.html", context, status=422 if errors else 200)
