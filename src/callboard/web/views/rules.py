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
from callboard.live.models import LivePolicy
from callboard.people.models import Role
from callboard.sessions.models import Session
from callboard.web.presenters import frame
from callboard.web.presenters import rules as presenter
from callboard.web.viewer import STAFF, Viewer, page

ADMIN = Role.ADMIN.value
Target = tuple[str, str, str]
"""Scope, target, and the target's subject."""


@page(*STAFF)
def listed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    scope, target, subject = _target(request.GET)
    found = rulebook.in_force(subject, target if scope == rules.SESSION else "")
    own = _own(scope, target)
    now = clock.now()
    subjects = Session.objects.exclude(subject="").order_by("subject").values_list("subject", flat=True)
    context = {
        "frame": frame.frame(viewer, now, "settings"),
        "tab": "rules",
        "scope": scope,
        "target": target,
        "of": presenter.target_words(scope, target),
        "rows": presenter.rows(found, {} if own is None else own.values, presenter.query_of(scope, target)),
        "subjects": list(subjects.distinct()[:200]),
        "narrower": [
            (presenter.target_words(each.scope, each.target), presenter.query_of(each.scope, each.target))
            for each in rulebook.narrower()
        ],
        "versions": presenter.versions(rulebook.history(scope, target)[:20], viewer, now),  # type: ignore[index]
        "may": viewer.access.may("settings.manage"),
        "query": presenter.query_of(scope, target),
    }
    return render(request, "web/settings_rules.html", context)


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer, kind: str) -> HttpResponse:
    """One rule. POST with `do`: try (on the past) or keep."""
    if kind not in rules.THRESHOLDS_OF:
        raise NotFound
    asked = request.GET
    scope, target, subject = _target(asked)
    if request.method != "POST":
        return _page(request, viewer, kind, (scope, target, subject), trial=_number(asked.get("trial")))
    viewer.access.require("settings.manage")
    values = _proposed(kind, (scope, target, subject), request.POST)
    back = reverse("web:rule", args=[kind])
    try:
        if request.POST.get("do") == "try":
            row = operations.ask_backtest(values, request.user.pk, scope=scope, target=target)
            return redirect(back + presenter.query_of(scope, target, trial=row.pk) + "#trial")
        expected = _number(request.POST.get("expected"))
        made = operations.set_policy(
            values,
            request.user.pk,
            scope=scope,
            target=target,
            expected=expected,
        )
    except (Invalid, Conflict) as error:
        return _page(request, viewer, kind, (scope, target, subject), values, error)
    messages.info(request, _("Version %(n)d is in force.") % {"n": made.version})
    return redirect(back + presenter.query_of(scope, target))


@require_POST
@page(ADMIN)
def restore(request: HttpRequest, viewer: Viewer, version: int) -> HttpResponse:
    made = operations.restore_policy(version, request.user.pk)
    messages.info(
        request, _("Version %(n)d is in force again, as %(new)d.") % {"n": version, "new": made.version}
    )
    return redirect(reverse("web:rules") + presenter.query_of(made.scope, made.target))


@require_POST
@page(ADMIN)
def cancel(request: HttpRequest, viewer: Viewer, pk: int) -> HttpResponse:
    """Stop a trial. `back`: the rule's page."""
    row = operations.cancel_backtest(pk)
    kind = request.POST.get("kind", "")
    if kind not in rules.THRESHOLDS_OF:
        return redirect("web:rules")
    return redirect(reverse("web:rule", args=[kind]) + presenter.query_of(row.scope, row.target, trial=pk))


def _target(query: QueryDict) -> Target:
    """Whose rules a page is about, by its address. Raises NotFound."""
    asked = query.dict()
    if asked.get("session"):
        session = Session.objects.filter(key=str(asked["session"])).first()
        if session is None:
            raise NotFound
        return rules.SESSION, session.key, session.subject
    if asked.get("subject"):
        subject = str(asked["subject"])[:100]
        return rules.SUBJECT, subject, subject
    return rules.ORGANIZATION, "", ""


def _own(scope: str, target: str) -> LivePolicy | None:
    return next(iter(rulebook.history(scope, target)[:1]), None)  # type: ignore[index]


def _wider(target: Target) -> dict[str, Any]:
    """What holds for a target without its own word."""
    scope, key, subject = target
    found = rulebook.in_force(subject, key if scope == rules.SESSION else "")
    return rules.merged(each.values for each in found.policies if each.scope != scope)


def _proposed(kind: str, target: Target, typed: QueryDict) -> dict[str, Any]:
    """All that the target would say with this rule as typed."""
    form = {name: str(text).strip() for name, text in typed.dict().items()}
    own = _own(target[0], target[1])
    before: dict[str, Any] = {} if own is None else dict(own.values)
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
    return rules.without_usual({**values, "rules": settings}, _wider(target))


def _number(text: str | None) -> int | None:
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
    scope, key, subject = target
    now, found = clock.now(), rulebook.in_force(subject, key if scope == rules.SESSION else "")
    row = operations.get_backtest(trial) if trial is not None else None
    if row is not None and (row.scope, row.target) == (scope, key):
        values = row.values
    filled = found.values if values is None else rules.merged([_wider(target), values])
    setting = filled.get("rules", {}).get(kind, {})
    errors = {name: str(text) for name, text in getattr(error, "fields", {}).items()}
    if values is not None:
        errors = presenter.refused(scope, values, errors)
    own = _own(scope, key)
    context = {
        "frame": frame.frame(viewer, now, "settings"),
        "tab": "rules",
        "kind": kind,
        "title": presenter.title(kind),
        "of": presenter.target_words(scope, key),
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
        "expected": 0 if own is None else own.version,
        "error": str(error) if error is not None and not errors else "",
        "other_errors": [text for name, text in errors.items() if name not in rules.THRESHOLDS_OF[kind]],
        "may": viewer.access.may("settings.manage"),
        "query": presenter.query_of(scope, key),
        "trial": None if row is None else presenter.trial(row, _titles(row.found), viewer, now),
    }
    return render(request, "web/settings_rule.html", context, status=422 if error else 200)


def _titles(found: list[dict[str, Any]]) -> dict[str, str]:
    keys = {one["session"] for one in found}
    return dict(Session.objects.filter(key__in=keys).values_list("key", "title"))
