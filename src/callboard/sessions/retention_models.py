"""Tables of what is kept for how long, what is to be deleted when, and what must not be."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from callboard.lib import clock
from callboard.lib.tenancy import TenantModel
from callboard.people.models import ApiKey, Member, Person, User
from callboard.sessions.retention import NOTICE


class RetentionPolicy(TenantModel):
    """For how long an organization keeps what, in versions; the newest is in force.

    `values` maps kinds of sessions.retention to days; what it leaves out is kept for good. Recordings have a
    policy of their own, and are not in it.
    """

    version = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "version"], name="retention_policy_version")
        ]


class Announced(TenantModel):
    """One thing that is to be deleted: announced -> begun (from then on nothing keeps it) -> gone, and this
    row with it; or withdrawn, row and all, where it is to be kept after all.

    `ref` is the id of its row, or for kinds that go by days the number of the day. `key` is what the log
    calls it. Its days count from `moment`. `size`: how many rows it stood for when it was announced. `lines`
    of the log went. The database holds that nothing begins before it was announced for a week.
    """

    kind = models.CharField(max_length=16)
    ref = models.BigIntegerField()
    key = models.CharField(max_length=40, blank=True)
    moment = models.DateTimeField()
    size = models.PositiveIntegerField(default=1)
    announced_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    lines = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "ref"], name="announced_once"),
            models.CheckConstraint(
                condition=models.Q(begun_at=None) | models.Q(begun_at__gte=models.F("announced_at") + NOTICE),
                name="announced_a_week_before",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "kind", "due_at", "id"], name="announced_by_time"),
            models.Index(
                fields=["organization", "key"],
                condition=models.Q(begun_at__isnull=False),
                name="announced_begun",
            ),
        ]


class AnnouncedFirst(TenantModel):
    """That under a version of the policy something of a kind was announced: news, until an admin saw it."""

    kind = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "version"], name="announced_first_once")
        ]


class DeletedDay(TenantModel):
    """What was deleted of a kind on one day: figures alone, kept for good.

    `rows` counts by table. `until` is the newest moment among them. `noted` of the items stand in the audit
    of settings.
    """

    day = models.DateField()
    kind = models.CharField(max_length=16)
    items = models.PositiveIntegerField(default=0)
    rows = models.JSONField(default=dict)
    until = models.DateTimeField()
    noted = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "day", "kind"], name="deleted_day_once")
        ]


class HoldScope(models.TextChoices):
    ORGANIZATION = "organization", _("Everything")
    PERSON = "person", _("A person")
    SESSION = "session", _("A session")


class Hold(TenantModel):
    """That something is not to be deleted, whatever the policy says: in force until `lifted_at` or `until`.

    Of a person: they, the sessions that they were in, and cases about them.
    """

    scope = models.CharField(max_length=16, choices=HoldScope.choices)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    session = models.ForeignKey(
        "callboard_sessions.Session", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500)
    until = models.DateTimeField(null=True, blank=True)
    placed_at = models.DateTimeField(default=clock.now)
    placed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    by_key = models.ForeignKey(ApiKey, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope="organization", person=None, session=None)
                | models.Q(scope="person", person__isnull=False, session=None)
                | models.Q(scope="session", person=None, session__isnull=False),
                name="hold_of_one_thing",
            )
        ]
        indexes = [
            models.Index(fields=["organization", "-placed_at"], name="hold_newest"),
        ]
