"""Tables of an organization that takes its data along, or goes. Part of the app of `people.models`."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from callboard.lib import clock
from callboard.lib.tenancy import TenantModel


class TakeoutStatus(models.TextChoices):
    ASKED = "asked", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be made")
    GONE = "gone", _("Deleted")


def _member() -> Any:
    return models.ForeignKey(
        "callboard_people.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )


class Takeout(TenantModel):
    """Everything that an organization has, in one file: asked (`done` of `total` parts, at `step`) -> ready
    (a file in the store) -> gone after `until`; failed where it could not be made. `files`: recordings and
    forms too.
    """

    status = models.CharField(max_length=8, choices=TakeoutStatus.choices, default=TakeoutStatus.ASKED)
    files = models.BooleanField(default=True)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = _member()
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    step = models.CharField(max_length=100, blank=True)
    location = models.CharField(max_length=300, blank=True)
    size = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "callboard_people"
        indexes = [models.Index(fields=["organization", "-asked_at"], name="takeout_newest")]


class DepartureStatus(models.TextChoices):
    WAITING = "waiting", _("Will be deleted")
    KEPT = "kept", _("Kept after all")
    RUNNING = "running", _("Being deleted")


class Departure(TenantModel):
    """That an organization is to be deleted: waiting until `due_at`, then running, and gone with the rest; or
    kept, where somebody thought better of it in time. `counts`: what each finished step did.
    """

    status = models.CharField(max_length=8, choices=DepartureStatus.choices, default=DepartureStatus.WAITING)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = _member()
    due_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True, blank=True)
    kept_by = _member()
    counts = models.JSONField(default=dict)

    class Meta:
        app_label = "callboard_people"
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=~models.Q(status="kept"),
                name="departure_once",
            )
        ]
