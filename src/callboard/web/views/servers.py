"""Settings of providers: the servers on which rooms stand, drawn by what each integration says of itself.

Trying a connection takes seconds, so that view alone opens no transaction round it.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callboard.lib import clock, integration, tenancy
from callboard.lib.errors import CallboardError, Conflict, Invalid, NotFound
from callboard.lib.integration import Integration
from callboard.people.models import Role
from callboard.sessions.models import Server
from callboard.sessions.operations import servers
from callboard.web.access import access_of
from callboard.web.presenters import frame
from callboard.web.presenters import servers as presenter
from callboard.web.viewer import STAFF, Viewer, failed, page, viewer_of
from callboard.web.views import care

ADMIN = Role.ADMIN.value


@page(*STAFF)
def listed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    now = clock.now()
    rows = Server.objects.order_by("kind", "position", "name")
    context = {
        "frame": frame.frame(viewer, now, "settings"),
        "tab": "servers",
        "groups": presenter.groups(servers.kinds(), rows, viewer, now),
        "care": care.switches(),
        "may": viewer.access.may(servers.PERMISSION),
    }
    return render(request, "web/servers.html", context)


@page(ADMIN)
def add(request: HttpRequest, viewer: Viewer, kind: str) -> HttpResponse:
    known = _kind(kind)
    if request.method != "POST":
        return _form(request, viewer, known, None, {})
    try:
        made = servers.create(viewer.access, kind, draft(request.POST))
    except (Invalid, Conflict) as error:
        return _form(request, viewer, known, None, request.POST.dict(), error)
    messages.info(request, _("%(name)s is kept, and being tried.") % {"name": made.name})
    return redirect("web:servers")


@page(ADMIN)
def change(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    server = servers.by_id(pk)
    known = _kind(server.kind)
    if request.method != "POST":
        return _form(request, viewer, known, server, kept(server))
    try:
        servers.change(viewer.access, pk, draft(request.POST))
    except (Invalid, Conflict) as error:
        return _form(request, viewer, known, server, request.POST.dict(), error)
    messages.info(request, _("%(name)s is kept, and being tried.") % {"name": server.name})
    return redirect("web:servers")


@require_POST
@page(ADMIN)
def act(request: HttpRequest, viewer: Viewer, pk: int, name: str) -> HttpResponse:
    """test, enable, disable or remove."""
    if name == "test":
        servers.ask_trial(viewer.access, pk)
        messages.info(request, _("It is being tried. The answer shows here in a moment."))
    elif name in ("enable", "disable"):
        servers.enable(viewer.access, pk, enabled=name == "enable")
    elif name == "remove":
        servers.remove(viewer.access, pk)
        messages.info(request, _("Removed."))
    else:
        raise NotFound
    return redirect("web:servers")


@require_POST
@login_required
def try_out(request: HttpRequest, kind: str) -> HttpResponse:
    """Try what is typed, kept or not, before it is kept. Secrets left empty are those that are kept."""
    try:
        viewer = viewer_of(access_of(request))
        viewer.access.require(servers.PERMISSION)
        known = _kind(kind)
        given = draft(request.POST)
        pk = request.POST.get("server", "")
        values = dict(given.values)
        with tenancy.organization_scope(viewer.access.organization):
            server = servers.by_id(int(pk)) if pk.isdecimal() and len(pk) < 19 else None
            held = server.values() if server is not None else {}
        values |= {name: held.get(name, "") for name in known.secrets() if not values.get(name)}
        lacking = known.lacking(values)
        found = (
            servers.Trial(
                _("Still needed: %(names)s.") % {"names": ", ".join(str(each.label) for each in lacking)},
                failed=True,
            )
            if lacking
            else servers.trial(kind, values)
        )
        with tenancy.organization_scope(viewer.access.organization):
            return _form(request, viewer, known, server, request.POST.dict(), trial=found)
    except CallboardError as error:
        return failed(request, error)


def draft(form: Mapping[str, str]) -> servers.Draft:
    """What was typed. Settings of the integration come as `values.<name>`."""
    position = form.get("position", "")
    return servers.Draft(
        name=form.get("name", ""),
        region=form.get("region", ""),
        zones=[zone.strip() for zone in form.get("zones", "").split(",") if zone.strip()],
        values={
            name.removeprefix("values."): str(value)
            for name, value in form.items()
            if name.startswith("values.")
        },
        enabled="enabled" in form,
        position=int(position) if position.isdecimal() and len(position) < 5 else 0,
    )


def kept(server: Server) -> dict[str, str]:
    """A server as the form shows it: without its secrets."""
    plain = {f"values.{name}": str(value) for name, value in server.settings.items()}
    return {"name": server.name, "region": server.region, "zones": ", ".join(server.zones), **plain}


def _kind(name: str) -> Integration:
    known = integration.get(name)
    if known is None or known not in servers.kinds():
        raise NotFound
    return known


def _form(
    request: HttpRequest,
    viewer: Viewer,
    known: Integration,
    server: Server | None,
    values: Mapping[str, str],
    error: CallboardError | None = None,
    trial: servers.Trial | None = None,
) -> HttpResponse:
    now = clock.now()
    errors = {name: str(text) for name, text in getattr(error, "fields", {}).items()}
    if error is not None and not errors:
        errors = {"": str(error)}
    enabled = "enabled" in values if request.method == "POST" else server is None or server.enabled
    secrets = known.secrets() if server is not None and server.sealed else frozenset()
    context = {
        "frame": frame.frame(viewer, now, "settings"),
        "tab": "servers",
        "form": presenter.form(known, values, errors, secrets=secrets, enabled=enabled),
        "server": presenter.row(server, viewer, now) if server is not None else None,
        "hook": servers.hook_address(server) if server is not None else "",
        "trial": trial,
    }
    response = render(request, "web/server.html", context, status=422 if error else 200)
    response["Cache-Control"] = "no-store"
    return response
