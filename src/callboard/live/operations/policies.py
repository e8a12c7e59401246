"""Changing the live rules: a new version, told to every session that is not over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.lib import facts, tenancy
from callboard.lib.errors import Invalid
from callboard.live import policy as rules
from callboard.live import rulebook
from callboard.live.facts import RulesChanged
from callboard.live.log import PlanLog
from callboard.live.models import LivePolicy
from callboard.people.operations.changes import Asker
from callboard.sessions import queries
from callboard.sessions.models import Session, SessionStatus
from callboard.sessions.policies import concerned, refuse_target

AT_ONCE = 500
"""Plans written in one transaction: the log's lock is held until its end."""

PROBLEMS: Mapping[str, str | Promise] = {
    "unknown": lazy("There is no such thing."),
    "no_number": lazy("This should be a number."),
    "no_whole": lazy("This should be a whole number."),
    "across": lazy("This is judged over several sessions, so only the organization can say it."),
    "order": lazy("A session ends by emptiness only after its room has been empty long enough to be a case."),
    "no_severity": lazy("Now, soon or watch."),
    "always_now": lazy("A stranger is always urgent now."),
    "no_bool": lazy("Yes or no."),
    "no_text": lazy("This should be the short name of a queue."),
    "no_minutes": lazy("Minutes: at least one, at most a week."),
}


def refuse(values: Mapping[str, Any], scope: str = rules.ORGANIZATION, target: str = "") -> None:
    """Raises Invalid, by field, where values cannot be in force for such a target."""
    refuse_target(scope, target)
    found = rules.problems(values, scope)
    if found:
        raise Invalid(fields={name: _said(problem) for name, problem in found.items()})


def _said(problem: rules.Problem) -> str:
    if problem.code == "out_of_bounds":
        return _("Between %(least)g and %(most)g.") % {"least": problem.least, "most": problem.most}
    return str(PROBLEMS[problem.code])


def set_policy(
    values: Mapping[str, Any],
    by: Asker = None,
    *,
    scope: str = rules.ORGANIZATION,
    target: str = "",
    expected: int | None = None,
    restored: int | None = None,
) -> LivePolicy:
    """Put rules in force, within seconds also for sessions that are live.

    `values` are all that the target says of its own; {} takes back what it said. `expected`: the version that
    the change was made to. Needs an open transaction in the organization's scope. Raises Invalid by field,
    Conflict where somebody else has changed them since.
    """
    refuse(values, scope, target)
    policy = rulebook.VERSIONS.put(
        values, by, scope=scope, target=target, expected=expected, restored=restored
    )
    facts.publish(RulesChanged(version=policy.version))
    return policy


def restore_policy(version: int, by: Asker = None) -> LivePolicy:
    """Put an earlier version's values in force again, as a new version. Raises NotFound."""
    old = rulebook.VERSIONS.version(version)
    return set_policy(old.values, by, scope=old.scope, target=old.target, restored=version)


def tell_plans(organization: int, version: int) -> int:
    """Write the plans of the sessions that a policy concerns and that are not over into the log anew, those
    that are live first; answers how many. Done twice it changes nothing. Opens transactions of its own: the
    log's lock is never held for long.
    """
    with tenancy.organization_scope(organization):
        policy = LivePolicy.objects.get(version=version)
        ids = list(_concerned(policy).values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        with tenancy.organization_scope(organization):
            chosen = {one.pk: one for one in Session.objects.filter(pk__in=ids[start : start + AT_ONCE])}
            chunk = [chosen[pk] for pk in ids[start : start + AT_ONCE] if pk in chosen]
            PlanLog().write_rules(queries.planned(chunk))
    return len(ids)


def _concerned(policy: LivePolicy) -> QuerySet[Session]:
    rows = concerned(policy, [SessionStatus.LIVE, SessionStatus.READY, SessionStatus.SCHEDULED])
    first = Case(
        When(status=SessionStatus.LIVE, then=Value(0)),
        When(status=SessionStatus.READY, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.order_by(first, "starts_at", "pk")
