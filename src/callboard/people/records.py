"""Tables of what was done to people's records: changes that can be taken back, and copies of one's data.

Part of the app of `people.models`.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from callboard.lib import clock
from callboard.lib.tenancy import TenantModel


class ChangeKind(models.TextChoices):
    EDITED = "edited", _("Changed")
    LINKED = "linked", _("A guardian was linked")
    UNLINKED = "unlinked", _("A guardian was unlinked")
    ARCHIVED = "archived", _("Archived")
    RESTORED = "restored", _("Restored")
    MERGED = "merged", _("Merged with a double")
    DISTINCT = "distinct", _("Said to be somebody else")
    COPIED = "copied", _("A copy of their data was asked for")
    FETCHED = "fetched", _("A copy of their data was fetched")


class PersonChange(TenantModel):
    """One thing that someone did to a person's record: stands, or taken back (`undone_at`).

    `before` and `after` hold what it takes to take it back; for an edit the fields that changed. `member`
    null and no `asker`: the system.
    """

    person = models.ForeignKey("callboard_people.Person", on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=16, choices=ChangeKind.choices)
    at = models.DateTimeField(default=clock.now)
    member = models.ForeignKey(
        "callboard_people.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asker = models.CharField(max_length=100, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "callboard_people"
        indexes = [models.Index(fields=["organization", "person", "-at"], name="person_changes")]


class CopyStatus(models.TextChoices):
    ASKED = "asked", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be made")
    GONE = "gone", _("Deleted")


class PersonCopy(TenantModel):
    """A copy of all that is held of one person: asked -> ready (a file in the store) -> gone after `until`;
    failed where it could not be made.
    """

    person = models.ForeignKey("callboard_people.Person", on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=8, choices=CopyStatus.choices, default=CopyStatus.ASKED)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(
        "callboard_people.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    location = models.CharField(max_length=300, blank=True)
    size = models.BigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "callboard_people"
        indexes = [models.Index(fields=["organization", "person", "-asked_at"], name="person_copies")]
