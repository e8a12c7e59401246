"""Settings, Health: what `callboard doctor` looks at, for admins.

A check may ask a mail server or a provider, so that no transaction is open round them.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from callboard.lib import clock, health
from callboard.lib.errors import CallboardError
from callboard.lib.health import Result, State
from callboard.lib.tenancy import organization_scope
from callboard.web.access import access_of
from callboard.web.presenters import frame
from callboard.web.viewer import failed, viewer_of

TONES = {State.OK: "", State.WARN: "soon", State.BAD: "now"}


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponse:
    try:
        viewer = viewer_of(access_of(request))
        viewer.access.require("settings.manage")
    except CallboardError as error:
        return failed(request, error)
    results = list(health.examine([viewer.access.organization]))
    with organization_scope(viewer.access.organization):
        now = clock.now()
        context = {
            "frame": frame.frame(viewer, now, "settings"),
            "tab": "health",
            "rows": [(result, TONES[result.finding.state]) for result in _worst_first(results)],
            "ill": sum(result.finding.state is not State.OK for result in results),
        }
        return render(request, "web/health.html", context)


def _worst_first(results: list[Result]) -> list[Result]:
    order = [State.BAD, State.WARN, State.OK]
    return sorted(results, key=lambda result: order.index(result.finding.state))
