"""Tables of the live path: the event log, who owns its partitions, and what the boards show."""

from __future__ import annotations

from django.db import models

from callboard.lib import clock
from callboard.lib.tenancy import TenantModel
from callboard.people.models import User
from callboard.sessions.models import Session
from callboard.sessions.policies import ScopedPolicy


class Event(TenantModel):
    """One line of the append-only log: never changed, deleted only by retention and erasure.

    Written with COPY by a role that may do nothing else, so there is no unique key over `event_id` and no
    foreign key: the engine drops duplicates. Writers hold one advisory lock until they commit, so `seq` is in
    the order of commits and a reader can go by it. `mark` is "future" or "past" where `at` is not to be
    trusted blindly, else empty.
    """

    seq = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        "callboard_people.Organization",
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    partition = models.SmallIntegerField()
    session = models.CharField(max_length=200)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    participant = models.CharField(max_length=200, null=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    mark = models.CharField(max_length=8, default="")
    data = models.TextField(default="{}")

    class Meta:
        # None by partition: whoever reads one reads nearly all, in order of `seq`. Each index costs
        # ingest a part of its rate.
        indexes = [models.Index(fields=["organization", "session", "seq"], name="event_by_session")]


class PartitionLease(models.Model):
    """Who owns a partition of the log, until when. Every write of the owner checks `epoch`. No tenant's.

    `position` is the `seq` up to which the effects of events are committed. `partition` -1 is the overseer,
    that judges across sessions.
    """

    partition = models.SmallIntegerField(primary_key=True)
    epoch = models.BigIntegerField(default=0)
    owner = models.CharField(max_length=100, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    position = models.BigIntegerField(default=0)
    judged_until = models.BigIntegerField(default=0, help_text="in microseconds since 1970")


class EngineTick(models.Model):
    """That the owner of a partition, having read up to `position`, judged what had fallen due until `at`.

    With the log itself this is all that an engine's state comes from, so that whoever resumes comes to the
    very same. Kept until a snapshot covers it. `at` in microseconds since 1970. No tenant's.
    """

    partition = models.SmallIntegerField()
    position = models.BigIntegerField()
    at = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["partition", "id"], name="tick_by_partition")]


class Sighting(models.Model):
    """What a partition saw and raised, told to the overseer; committed with its effects, in order of `id`.

    Kept until the overseer's snapshot covers it. No tenant's; holds ids alone.
    """

    partition = models.SmallIntegerField()
    data = models.BinaryField()


class EngineSnapshot(models.Model):
    """The engine's state of one partition as of `position`, to resume from. No tenant's; holds ids alone.

    `epoch` is the owner's who wrote it: one that has lost its lease cannot replace its successor's.
    """

    partition = models.SmallIntegerField(primary_key=True)
    epoch = models.BigIntegerField(default=0)
    position = models.BigIntegerField()
    taken_at = models.DateTimeField(default=clock.now)
    state = models.BinaryField()


class LivePolicy(ScopedPolicy):
    """What an organization says of the live rules, in versions that never change; `live.policy` says how."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "version"], name="live_policy_version")
        ]
        indexes = [
            models.Index(fields=["organization", "scope", "target", "-version"], name="live_policy_newest")
        ]


class Signals(TenantModel):
    """What the rules need of one closed session to be judged again, as long as there is the session.

    `data` as `live.signals` writes it, of the log up to `position`. Looked at once more at `again_at`, since
    files and late evidence come after the end; null: no more.
    """

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="+")
    closed_at = models.DateTimeField()
    position = models.BigIntegerField()
    again_at = models.DateTimeField(null=True, blank=True)
    data = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-closed_at"], name="signals_by_time"),
            models.Index(
                fields=["organization", "again_at"],
                condition=models.Q(again_at__isnull=False),
                name="signals_again",
            ),
        ]


class Backtest(TenantModel):
    """What other rules would have raised over the past: waiting -> running -> done, cancelled or failed.

    `values` are the proposal, for `scope` and `target` as in LivePolicy. Of `total` sessions `judged` are;
    `figures` by kind {"now", "then", "more", "less"}; `found` the first cases that differ, `incidents`
    the incidents; `notes` what it could not know, as keys of `live.backtest`.
    """

    scope = models.CharField(max_length=16, default="organization")
    target = models.CharField(max_length=100, blank=True, default="")
    values = models.JSONField(default=dict)
    days = models.PositiveSmallIntegerField(default=30)
    status = models.CharField(max_length=10, default="waiting")
    total = models.PositiveIntegerField(default=0)
    judged = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict)
    found = models.JSONField(default=list)
    incidents = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "-asked_at"], name="backtest_by_time")]


class LiveState(TenantModel):
    """What the boards show of a session, as the engine last saw it: who is in, recorders, talk."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="+")
    state = models.JSONField(default=dict)
    last_event_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=clock.now)


class Attendance(TenantModel):
    """One identity's time in one session. Durations in seconds; `role` null where it is not known."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    participant = models.CharField(max_length=200)
    role = models.CharField(max_length=16, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    joins = models.PositiveIntegerField(default=0)
    present_s = models.FloatField(default=0)
    talk_s = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "session", "participant"], name="attendance_once")
        ]
