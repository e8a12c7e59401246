"""Which promises the organization makes: a new version of its policy, the former ones kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from callboard.expectations import policy as rules
from callboard.expectations import queries, registry
from callboard.expectations.facts import PromisesChanged
from callboard.expectations.models import ExpectationPolicy
from callboard.expectations.operations.deriving import derive_anew
from callboard.lib import facts, tenancy
from callboard.lib.errors import Invalid
from callboard.people.operations.changes import Asker
from callboard.sessions import queries as sessions
from callboard.sessions.models import Session, SessionStatus
from callboard.sessions.policies import concerned, refuse_target
from callboard.sessions.scopes import ORGANIZATION

AT_ONCE = 500
"""Sessions in one transaction."""

PROBLEMS: Mapping[str, str | Promise] = {
    "unknown": lazy("There is no such thing."),
    "no_table": lazy("This should say what is enabled and how many minutes."),
    "no_bool": lazy("Yes or no."),
    "live": lazy("When this is due is set with the live conditions."),
    "no_minutes": lazy("A number of minutes, at most a week."),
}


def set_policy(
    values: Mapping[str, Any],
    by: Asker = None,
    *,
    scope: str = ORGANIZATION,
    target: str = "",
    expected: int | None = None,
    restored: int | None = None,
) -> ExpectationPolicy:
    """Put a policy in force for what has not begun yet.

    `values` are all that the target says of its own; {} takes back what it said. `expected`: the version that
    the change was made to. Needs an open transaction in the organization's scope. Raises Invalid by field,
    Conflict where somebody else has changed it since.
    """
    refuse_target(scope, target)
    found = rules.problems(values, registry.kinds())
    if found:
        raise Invalid(fields={name: str(PROBLEMS[code]) for name, code in found.items()})
    policy = queries.VERSIONS.put(
        values, by, scope=scope, target=target, expected=expected, restored=restored
    )
    facts.publish(PromisesChanged(version=policy.version))
    return policy


def restore_policy(version: int, by: Asker = None) -> ExpectationPolicy:
    """Put an earlier version's values in force again, as a new version. Raises NotFound."""
    old = queries.VERSIONS.version(version)
    return set_policy(old.values, by, scope=old.scope, target=old.target, restored=version)


def derive_plans(organization: int, version: int) -> int:
    """Let the sessions that a policy concerns and that have not begun promise what it says; answers how many.

    Those that are live keep the promises that they began with. Done twice it changes nothing. Opens
    transactions of its own.
    """
    with tenancy.organization_scope(organization):
        policy = queries.VERSIONS.version(version)
        rows = concerned(policy, [SessionStatus.READY, SessionStatus.SCHEDULED])
        ids = list(rows.order_by("starts_at", "pk").values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        with tenancy.organization_scope(organization):
            some = Session.objects.filter(
                pk__in=ids[start : start + AT_ONCE],
                status__in=[SessionStatus.READY, SessionStatus.SCHEDULED],
            )
            derive_anew(sessions.planned(list(some.select_for_update().order_by("pk"))))
    return len(ids)
