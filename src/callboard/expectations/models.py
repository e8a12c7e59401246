"""Tables of expectations and the policy that they are derived from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from callboard.lib import clock
from callboard.lib.tenancy import TenantModel
from callboard.people.models import Person
from callboard.sessions.models import Session
from callboard.sessions.policies import ScopedPolicy


class ExpectationStatus(models.TextChoices):
    DUE = "due", _("Due")
    MET = "met", _("Kept")
    LATE = "late", _("Kept late")
    MISSED = "missed", _("Missed")
    WAIVED = "waived", _("Waived")


class Expectation(TenantModel):
    """One promise of a session: due, then met (by `due_at`), late (after it), missed, or waived.

    `person` where it is about someone. `evidence` holds the ids of the events that met it. `why` says for
    what it was waived (expectations.rules.WHY), where that is more than another plan.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=ExpectationStatus.choices, default=ExpectationStatus.DUE)
    met_at = models.DateTimeField(null=True, blank=True)
    evidence = models.JSONField(default=list)
    why = models.CharField(max_length=16, blank=True, default="", db_default="")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "session", "kind", "person"],
                name="expectation_once",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "due_at"],
                condition=models.Q(status="due"),
                name="expectation_due",
            ),
            models.Index(
                fields=["organization", "due_at"],
                include=["kind", "status"],  # today is counted by the index alone
                name="expectation_by_day",
            ),
            models.Index(
                fields=["organization", "kind", "due_at"],
                condition=models.Q(status__in=["late", "missed"]),
                name="expectation_not_kept",
            ),
        ]


class ExpectationPolicy(ScopedPolicy):
    """Which promises an organization makes, in versions that never change.

    `values` maps a kind of expectation to {"enabled": bool, "minutes": number}; what it leaves out is as in
    expectations.policy.
    """

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "version"], name="expectation_policy_version")
        ]
        indexes = [
            models.Index(
                fields=["organization", "scope", "target", "-version"], name="expectation_policy_newest"
            )
        ]


class PromiseDay(TenantModel):
    """How well one kind of promise was kept on one local day: a roll-up, counted anew from the promises.

    What fell due on that day, by what became of it. Waived promises and those not yet judged are left out.
    """

    day = models.DateField()
    kind = models.CharField(max_length=40)
    kept = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "day", "kind"], name="promise_day_once")
        ]
