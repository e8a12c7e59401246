"""Tables around recordings: what is wanted of whom, who is at it, who has looked, and the policy."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from callboard.lib import clock
from callboard.lib.tenancy import TenantModel
from callboard.people.models import Member, User


class OwnRecorder(models.TextChoices):
    """What our own recorder does: nothing, step in when the provider's fails, or always run beside it."""

    OFF = "off", _("Off")
    SPARE = "spare", _("As the spare")
    BESIDE = "beside", _("Beside")


class RecordingPolicy(TenantModel):
    """How an organization has its sessions recorded, in versions; the newest is in force.

    `screen`: our own recorder takes the shared screen too. `kept_days` 0: for good.
    """

    version = models.PositiveIntegerField()
    own = models.CharField(max_length=16, choices=OwnRecorder.choices, default=OwnRecorder.SPARE)
    screen = models.BooleanField(default=False)
    kept_days = models.PositiveIntegerField(default=365)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "version"], name="recording_policy_version")
        ]


class WishBy(models.TextChoices):
    PROVIDER = "provider", _("The provider")
    OWN = "own", _("Our own recorder")


class WishStatus(models.TextChoices):
    WANTED = "wanted", _("Wanted")
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")
    FILED = "filed", _("Filed")
    REFUSED = "refused", _("Refused")


class RecordingWish(TenantModel):
    """That a recorder was asked for, once per `request`.

    Of the provider: wanted (until it has been asked) -> running (it took the wish) or refused (`problem`).
    Of our own: wanted -> running (a process has it) -> ended (all that was recorded lies in the store, in
    parts) -> filed (one measured file); refused where it must not or cannot be recorded. `recorder` is its
    name in the evidence.
    """

    session = models.ForeignKey("callboard_sessions.Session", on_delete=models.CASCADE, related_name="+")
    request = models.CharField(max_length=120)
    by = models.CharField(max_length=16, choices=WishBy.choices)
    why = models.CharField(max_length=16)
    recorder = models.CharField(max_length=60, blank=True)
    screen = models.BooleanField(default=False)
    status = models.CharField(max_length=16, choices=WishStatus.choices, default=WishStatus.WANTED)
    wanted_at = models.DateTimeField(default=clock.now)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "request"], name="recording_wish_once")
        ]
        indexes = [models.Index(fields=["organization", "session", "wanted_at"])]


class RecordingLease(models.Model):
    """Which process has a wish of our own recorder in hand, until when. No tenant's; holds ids alone.

    Every change the holder makes checks `epoch`. The row goes with the end of its wish.
    """

    wish = models.BigIntegerField(primary_key=True)
    tenant = models.BigIntegerField()
    epoch = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=100, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)


class RecordingView(TenantModel):
    """That someone asked to look at a recording, and (`played_at`) did: a member, or a key by its name."""

    recording = models.ForeignKey("callboard_sessions.Recording", on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    asker = models.CharField(max_length=100, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    played_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "recording", "asked_at"])]
