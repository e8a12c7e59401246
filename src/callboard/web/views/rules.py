"""Settings of the live rules: what raises a case, tried on the past before it is kept, version by version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callboard.cases import operations as cases
from callboard.lib import clock
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.live import monitors, operations, rulebook
from callboard.live import policy as rules
from callboard.live.models import Backtest
from callboard.people.models import Person, Role
from callboard.sessions.models import Session
from callboard.web.presenters import frame
from callboard.web.presenters import rules as presenter
from callboard.web.presenters.versions import query_of, target_words
from callboard.web.viewer import STAFF, Viewer, page
from callboard.web.views.scoped import Target, overview, own_values, target_of, version_of

ADMIN = Role.ADMIN.value


@page(*STAFF)
def listed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    target, now = target_of(request.GET), clock.now()
    found = rulebook.in_force(target.subject, target.session)
    own = own_values(rulebook.VERSIONS, target)
    context = {
        **overview(rulebook.VERSIONS, target, presenter.changes, viewer, now),
        "frame": frame.frame(viewer, now, "settings"),
        "tab": "rules",
        "rows": presenter.rows(found, own, target.query),
        "restore": "web:restore_rules",
    }
    return render(request, "web/settings_rules.html", context)


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer, kind: str) -> HttpResponse:
    """One rule. POST with `do`: try (on the past) or keep."""
    if kind not in rules.THRESHOLDS_OF:
        raise NotFound
    target = target_of(request.GET)
    if request.method != "POST":
        return _page(request, viewer, kind, target, trial=number(request.GET.get("trial")))
    viewer.access.require("settings.manage")
    values = _proposed(kind, target, request.POST)
    back = reverse("web:rule", args=[kind])
    try:
        if request.POST.get("do") == "try":
            row = operations.ask_backtest(values, request.user.pk, scope=target.scope, target=target.key)
            return redirect(back + query_of(target.scope, target.key, trial=row.pk) + "#trial")
        made = operations.set_policy(
            values,
            viewer.access,
            scope=target.scope,
            target=target.key,
            expected=number(request.POST.get("expected")),
        )
    except (Invalid, Conflict) as error:
        return _page(request, viewer, kind, target, values, error)
    messages.info(request, _("Version %(n)d is in force.") % {"n": made.version})
    return redirect(back + target.query)


@require_POST
@page(ADMIN)
def restore(request: HttpRequest, viewer: Viewer, version: int) -> HttpResponse:
    made = operations.restore_policy(version, viewer.access)
    messages.info(
        request, _("Version %(n)d is in force again, as %(new)d.") % {"n": version, "new": made.version}
    )
    return redirect(reverse("web:rules") + query_of(made.scope, made.target))


@require_POST
@page(ADMIN)
def cancel(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """Stop a trial. `back`: the rule's page."""
    row = operations.cancel_backtest(pk)
    kind = request.POST.get("kind", "")
    if kind not in rules.THRESHOLDS_OF:
        return redirect("web:rules")
    return redirect(reverse("web:rule", args=[kind]) + query_of(row.scope, row.target, trial=pk))


def wider(target: Target) -> dict[str, Any]:
    """What holds for a target without its own word."""
    found = rulebook.in_force(target.subject, target.session)
    return rules.merged(each.values for each in found.policies if each.scope != target.scope)


def _proposed(kind: str, target: Target, typed: QueryDict) -> dict[str, Any]:
    """All that the target would say with this rule as typed."""
    form = {name: str(text).strip() for name, text in typed.dict().items()}
    before = own_values(rulebook.VERSIONS, target)
    settings = {name: dict(each) for name, each in before.pop("rules", {}).items()}
    values = {name: value for name, value in before.items() if name not in rules.THRESHOLDS_OF[kind]}
    for name in rules.THRESHOLDS_OF[kind]:
        if form.get(name):
            values[name] = presenter.typed(name, form[name])
    settings.pop(kind, None)
    if kind != rules.INCIDENT:
        said: dict[str, Any] = {"on": "on" in form}
        for name in ("severity", "queue"):
            if form.get(name):
                said[name] = form[name]
        for name in ("claim_minutes", "resolve_minutes"):
            if form.get(name):
                text = form[name]
                said[name] = int(text) if text.isdecimal() and len(text) < 7 else text
        settings[kind] = said
    return rules.without_usual({**values, "rules": settings}, wider(target))


def number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def _page(
    request: HttpRequest,
    viewer: Viewer,
    kind: str,
    target: Target,
    values: Mapping[str, Any] | None = None,
    error: Invalid | Conflict | None = None,
    trial: int | None = None,
) -> HttpResponse:
    scope, key = target.scope, target.key
    now, found = clock.now(), rulebook.in_force(target.subject, target.session)
    row = operations.get_backtest(trial) if trial is not None else None
    if row is not None and (row.scope, row.target) == (scope, key):
        values = row.values
    filled = found.values if values is None else rules.merged([wider(target), values])
    setting = filled.get("rules", {}).get(kind, {})
    errors = {name: str(text) for name, text in getattr(error, "fields", {}).items()}
    if values is not None:
        errors = presenter.refused(scope, values, errors)
    context = {
        "frame": frame.frame(viewer, now, "settings"),
        "tab": "rules",
        "kind": kind,
        "title": presenter.title(kind),
        "of": target_words(scope, key),
        "narrow": scope != rules.ORGANIZATION,
        "text": monitors.explained(kind, found.values),
        "across": kind in rules.ACROSS and scope != rules.ORGANIZATION,
        "incident": kind == rules.INCIDENT,
        "on": setting.get("on", True),
        "fields": presenter.fields(kind, filled, errors),
        "severities": [] if kind == rules.INCIDENT else presenter.severities(kind, setting.get("severity")),
        "queues": presenter.queues(cases.all_queues(), setting.get("queue")),
        "claim": setting.get("claim_minutes", ""),
        "resolve": setting.get("resolve_minutes", ""),
        "expected": version_of(rulebook.VERSIONS, target),
        "error": str(error) if error is not None and not errors else "",
        "other_errors": [text for name, text in errors.items() if name not in rules.THRESHOLDS_OF[kind]],
        "may": viewer.access.may("settings.manage"),
        "query": target.query,
        "trial": None if row is None else presenter.trial(row, _titles(row), _instructors(row), viewer, now),
    }
    return render(request, "web/settings_rule.html", context, status=422 if error else 200)


def _instructors(row: Backtest) -> dict[str, str]:
    keys = presenter.named_instructors(row)
    return dict(Person.objects.filter(key__in=keys).values_list("key", "name")) if keys else {}


def _titles(row: Backtest) -> dict[str, str]:
    keys = presenter.named_sessions(row)
    return dict(Session.objects.filter(key__in=keys).values_list("key", "title"))
