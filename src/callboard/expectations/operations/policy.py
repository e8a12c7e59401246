"""Which promises the organization makes: a new version of its policy, the former ones kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.expectations import queries, registry, rules
from callboard.expectations.models import ExpectationPolicy
from callboard.lib.errors import Conflict, Invalid

PROBLEMS: Mapping[str, str | Promise] = {
    "unknown": lazy("There is no such thing."),
    "no_table": lazy("This should say what is enabled and how many minutes."),
    "no_bool": lazy("Yes or no."),
    "live": lazy("When this is due is set with the live conditions."),
    "no_minutes": lazy("A number of minutes, at most a week."),
}


def set_policy(values: Mapping[str, Any], by: int | None = None) -> ExpectationPolicy:
    """Put a policy in force for what is planned from now on. `by` is a login's id.

    Raises Invalid by field, Conflict where another version was made at the same moment.
    """
    found = rules.problems(values, registry.kinds())
    if found:
        raise Invalid(fields={name: str(PROBLEMS[code]) for name, code in found.items()})
    newest = queries.policies().values_list("version", flat=True).first() or 0
    try:
        with transaction.atomic():
            return ExpectationPolicy.objects.create(version=newest + 1, values=dict(values), created_by_id=by)
    except IntegrityError as error:
        raise Conflict(_("Someone else has just changed this."), code="policy_changed") from error
