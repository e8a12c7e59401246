"""Settings of promises: which are made of whom, and how late is too late, version by version.

When a promise that live evidence keeps is due is a figure of the live rules too, since the same moment raises
the case: it is changed there, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from callboard.expectations import operations, queries, registry
from callboard.expectations import policy as promising
from callboard.lib import clock
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.live import operations as live
from callboard.live import policy as rules
from callboard.live import promised, rulebook
from callboard.people.models import Role
from callboard.web import words
from callboard.web.presenters import frame
from callboard.web.presenters import promise_policies as presenter
from callboard.web.presenters import rules as rule_presenter
from callboard.web.presenters.versions import query_of, target_words
from callboard.web.viewer import STAFF, Viewer, page
from callboard.web.views.rules import number, wider
from callboard.web.views.scoped import Target, overview, own_values, target_of, version_of

Values = dict[str, Any]


@page(*STAFF)
def listed(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    target, now = target_of(request.GET), clock.now()
    rows = presenter.rows(
        queries.policy(target.subject, target.session),
        own_values(queries.VERSIONS, target),
        rulebook.in_force(target.subject, target.session).values,
        own_values(rulebook.VERSIONS, target),
        target.query,
    )
    context = {
        **overview(queries.VERSIONS, target, presenter.changes, viewer, now),
        "frame": frame.frame(viewer, now, "settings"),
        "tab": "promises",
        "rows": rows,
        "restore": "web:restore_promises",
    }
    return render(request, "web/settings_promises.html", context)


@page(*STAFF)
def show(request: HttpRequest, viewer: Viewer, kind: str) -> HttpResponse:
    if kind not in registry.kinds():
        raise NotFound
    target = target_of(request.GET)
    if request.method != "POST":
        return _page(request, viewer, kind, target)
    viewer.access.require("settings.manage")
    values, figures = _proposed(kind, target, request.POST), _figures(kind, target, request.POST)
    try:
        changed = _keep(request, viewer, target, values, figures)
    except (Invalid, Conflict) as error:
        return _page(request, viewer, kind, target, values, figures, error)
    messages.info(
        request, _("Kept, and promised from now on.") if changed else _("Nothing was changed: it was so.")
    )
    return redirect(reverse("web:promise_policies") + target.query)


@require_POST
@page(Role.ADMIN.value)
def restore(request: HttpRequest, viewer: Viewer, version: int) -> HttpResponse:
    made = operations.restore_policy(version, viewer.access)
    messages.info(
        request, _("Version %(n)d is in force again, as %(new)d.") % {"n": version, "new": made.version}
    )
    return redirect(reverse("web:promise_policies") + query_of(made.scope, made.target))


def _keep(
    request: HttpRequest, viewer: Viewer, target: Target, values: Values, figures: Values | None
) -> bool:
    """Both or neither; whether anything is another now."""
    changed = False
    with transaction.atomic():
        if values != own_values(queries.VERSIONS, target):
            operations.set_policy(
                values,
                viewer.access,
                scope=target.scope,
                target=target.key,
                expected=number(request.POST.get("expected")),
            )
            changed = True
        if figures is not None and figures != own_values(rulebook.VERSIONS, target):
            live.set_policy(
                figures,
                viewer.access,
                scope=target.scope,
                target=target.key,
                expected=number(request.POST.get("expected_rules")),
            )
            changed = True
    return changed


def _wider(target: Target) -> promising.Policy:
    """What is promised of a target without its own word."""
    versions = queries.VERSIONS.in_force([(target.subject, target.session)])[0]
    return promising.merged(each.values for each in versions if each.scope != target.scope)


def _proposed(kind: str, target: Target, form: QueryDict) -> Values:
    """All that the target would say of promises, with this one as typed."""
    said: Values = {"enabled": "on" in form}
    if kind not in promised.JUDGED:
        text = form.get("minutes", "").strip().replace(",", ".")
        try:
            said["minutes"] = float(text) if "." in text else int(text)
        except ValueError:
            said["minutes"] = text
    values = {**own_values(queries.VERSIONS, target), kind: said}
    return promising.without_usual(values, _wider(target), registry.kinds())


def _figures(kind: str, target: Target, form: QueryDict) -> Values | None:
    """All that the target would say of the live rules, with this promise's figure as typed."""
    threshold = presenter.threshold_of(kind)
    if threshold is None:
        return None
    typed = rule_presenter.typed(threshold, form.get(threshold, ""))
    values = {**own_values(rulebook.VERSIONS, target), threshold: typed}
    return rules.without_usual(values, wider(target))


def _page(
    request: HttpRequest,
    viewer: Viewer,
    kind: str,
    target: Target,
    values: Values | None = None,
    figures: Values | None = None,
    error: Invalid | Conflict | None = None,
) -> HttpResponse:
    now = clock.now()
    policy = queries.policy(target.subject, target.session)
    held = rulebook.in_force(target.subject, target.session).values
    shown = policy if values is None else promising.merged([_wider(target), values])
    shown_live: Mapping[str, Any] = held if figures is None else rules.merged([wider(target), figures])
    errors = {name: str(text) for name, text in getattr(error, "fields", {}).items()}
    if figures is not None:
        errors = rule_presenter.refused(target.scope, figures, errors)
    judged = promised.JUDGED.get(kind)
    mine = errors.pop(presenter.threshold_of(kind) or f"{kind}.minutes", "")
    context = {
        "frame": frame.frame(viewer, now, "settings"),
        "tab": "promises",
        "kind": kind,
        "title": words.promise(kind),
        "of": target_words(target.scope, target.key),
        "narrow": target.scope != rules.ORGANIZATION,
        "text": presenter.explained(kind, policy, held),
        "on": promising.enabled(kind, shown),
        "fields": [presenter.field(kind, shown, shown_live, mine)],
        "rule": "" if judged is None else rule_presenter.title(judged.rule),
        "rule_href": "" if judged is None else reverse("web:rule", args=[judged.rule]) + target.query,
        "expected": version_of(queries.VERSIONS, target),
        "expected_rules": version_of(rulebook.VERSIONS, target),
        "error": str(error) if error is not None and not (mine or errors) else "",
        "other_errors": list(errors.values()),
        "may": viewer.access.may("settings.manage"),
        "query": target.query,
    }
    return render(request, "web/settings_promise.html", context, status=422 if error else 200)
