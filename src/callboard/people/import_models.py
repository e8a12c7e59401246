"""Table of files that are brought in. Part of the app of `people.models`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from callboard.lib import clock
from callboard.lib.tenancy import TenantModel


class ImportStatus(models.TextChoices):
    FETCHING = "fetching", _("Being fetched")
    NEW = "new", _("To be checked")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    WRITING = "writing", _("Being brought in")
    DONE = "done", _("Brought in")
    FAILED = "failed", _("Failed")
    DISCARDED = "discarded", _("Discarded")


class Import(TenantModel):
    """A file on its way in.

    fetching, where it lies at a `url`; new (choices can be made) -> checking -> checked (choices can be made
    anew, back to new) -> writing -> done; failed where the work could not be done, with the reason in
    `problem`; discarded by a person or after a week. `content` is the file, compressed, and goes when it is
    over; `found` and `faults` name people and go a month later. Nothing of the file is in any other table
    before it is done, and all of it is in the transaction that makes it done.
    """

    kind = models.CharField(max_length=40)
    status = models.CharField(max_length=16, choices=ImportStatus.choices, default=ImportStatus.NEW)
    file_name = models.CharField(max_length=200)
    url = models.CharField(max_length=500, blank=True)
    size = models.PositiveIntegerField()
    content = models.BinaryField(null=True)
    choices = models.JSONField(default=dict)
    shown = models.JSONField(default=dict)
    found = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    fault_count = models.PositiveIntegerField(default=0)
    skip = models.BooleanField(default=False)
    step = models.CharField(max_length=40, blank=True)
    done_rows = models.PositiveIntegerField(default=0)
    total_rows = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)
    asked_by = models.ForeignKey(
        "callboard_people.User", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "callboard_people"
        indexes = [models.Index(fields=["organization", "-created_at"], name="import_newest")]

    def __str__(self) -> str:
        return f"import {self.pk}"
