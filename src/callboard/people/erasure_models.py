"""Table of people being erased. Part of the app of `people.models`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from callboard.lib import clock, ids
from callboard.lib.tenancy import TenantModel


class ErasureStatus(models.TextChoices):
    RUNNING = "running", _("Being erased")
    DONE = "done", _("Erased")


class KeptRecordings(models.TextChoices):
    """Which recordings of theirs go: of groups, others have a say too."""

    NONE = "none", _("All recordings of their sessions are deleted")
    GROUPS = "groups", _("Recordings of groups stay, those of them alone are deleted")


def reference() -> str:
    return ids.new("era")


class Erasure(TenantModel):
    """That a person is erased: running, step by step (`counts` has what each finished step did), then done.

    `sought` is what is looked for meanwhile, their name and ids; it is empty once all is done, and nothing
    that is left says who it was. `reference` is what the list that outlives the database calls it. `again`:
    applied anew, after a backup was restored. `late`: how often a step could not be done yet, and why.
    """

    person = models.ForeignKey("callboard_people.Person", on_delete=models.CASCADE, related_name="+")
    reference = models.CharField(max_length=40, default=reference)
    status = models.CharField(max_length=8, choices=ErasureStatus.choices, default=ErasureStatus.RUNNING)
    kept_recordings = models.CharField(
        max_length=8, choices=KeptRecordings.choices, default=KeptRecordings.NONE
    )
    sought = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    late = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=100, blank=True)
    again = models.BooleanField(default=False)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(
        "callboard_people.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    by_key = models.ForeignKey(
        "callboard_people.ApiKey", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "callboard_people"
        constraints = [
            models.UniqueConstraint(fields=["organization", "reference"], name="erasure_reference_once")
        ]
        indexes = [models.Index(fields=["organization", "-asked_at"], name="erasure_newest")]
