"""Tables of sessions. The exclusion constraint on Participant is what makes a double booking impossible."""

from __future__ import annotations

import json

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from callboard.lib import clock, ids, sealing, signing
from callboard.lib.tenancy import TenantModel
from callboard.people.models import Member, Person, User
from callboard.sessions import recording_models as recording_models  # its tables are this app's too
from callboard.sessions import retention_models as retention_models  # its tables are this app's too


class Server(TenantModel):
    """One server of a provider, on which rooms of this organization may stand.

    `enabled`: new rooms may open on it. `down_at`: it does not answer since then. `slug` is the node that
    plans and incidents name; `zones` are patterns of time zones ("Europe/*") whose people it is near to.
    `settings` by the integration's names; the secret ones lie in `sealed`, as sealed JSON.
    """

    slug = models.SlugField(max_length=40)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=40)
    region = models.CharField(max_length=40, blank=True)
    zones = models.JSONField(default=list)
    settings = models.JSONField(default=dict)
    sealed = models.TextField(blank=True)
    enabled = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    tested_at = models.DateTimeField(null=True, blank=True)
    test_words = models.CharField(max_length=300, blank=True)
    test_failed = models.BooleanField(default=False)
    polled_at = models.DateTimeField(null=True, blank=True)
    down_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "slug"], name="server_slug_once")]

    def __str__(self) -> str:
        return self.slug

    def values(self) -> dict[str, str]:
        """Its settings, secrets opened. Raises lib.sealing.CannotOpen."""
        secrets: dict[str, str] = json.loads(sealing.unseal(self.sealed)) if self.sealed else {}
        return {**self.settings, **secrets}

    def hook_token(self) -> str:
        """What names it in the addresses that its provider calls."""
        return signing.sign("server-hook", str(self.organization_id), self.pk)


class Series(TenantModel):
    """Sessions that belong together: a course, a student's weekly lesson. One join link leads to them all."""

    key = models.CharField(max_length=40, default=ids.series_key)
    title = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="series_key_once")]


class SessionStatus(models.TextChoices):
    SCHEDULED = "scheduled", _("Scheduled")
    READY = "ready", _("Room ready")
    LIVE = "live", _("Live")
    ENDED = "ended", _("Ended")
    CANCELLED = "cancelled", _("Cancelled")


class Session(TenantModel):
    """One live meeting, planned for [starts_at, ends_at).

    scheduled -> ready (its room stands) -> live (instructor and a learner in) -> ended; cancelled from any
    of the first two, and a cancelled one can be planned anew. A session that never went live ends too.
    `version` grows with every change of the plan. `recording_wanted` says that it is to be recorded and may
    be; with `consents_missing` it was asked for, and is off for want of so many people's consent, `barred_at`
    since when, where it might have been recorded before. `region`
    is where its room is wished; empty: near its people. `moved_from` is its start before it was last moved;
    [filed_at, filed_until) is when a file that was brought in last said that it is, null where none did.
    """

    key = models.CharField(max_length=40, default=ids.session_key)
    title = models.CharField(max_length=200)
    subject = models.CharField(max_length=100, blank=True)
    level = models.CharField(max_length=40, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(
        max_length=16, choices=SessionStatus.choices, default=SessionStatus.SCHEDULED, db_index=False
    )
    provider = models.CharField(max_length=40, default="simulator")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    region = models.CharField(max_length=40, blank=True)
    recording_wanted = models.BooleanField(default=False)
    consents_missing = models.PositiveSmallIntegerField(default=0)
    barred_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    moved_from = models.DateTimeField(null=True, blank=True)
    filed_at = models.DateTimeField(null=True, blank=True)
    filed_until = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="session_key_once"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="session_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "starts_at"]),
            models.Index(
                fields=["organization", "status", "starts_at"],
                condition=models.Q(status__in=["scheduled", "ready", "live"]),
                name="session_not_over",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def recording_asked(self) -> bool:
        """Whether it was booked to be recorded, allowed or not."""
        return self.recording_wanted or self.consents_missing > 0

    @property
    def recording_refusal(self) -> str:
        """Why it is not recorded although that was asked for; empty where there is nothing to say."""
        if not self.consents_missing:
            return ""
        return ngettext(
            "Not recorded: the consent of %(count)d person is missing.",
            "Not recorded: the consent of %(count)d people is missing.",
            self.consents_missing,
        ) % {"count": self.consents_missing}


class ParticipantRole(models.TextChoices):
    INSTRUCTOR = "instructor", _("Instructor")
    LEARNER = "learner", _("Learner")


class Participant(TenantModel):
    """That a person is expected in a session.

    `busy` is the time they cannot be elsewhere: the session's, with the instructor's buffers. A row counts
    while `active`; cancelling or replacing makes it inactive. No person has two active rows that overlap.
    `marked_absent_at`: a coordinator has said that they will not come.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=ParticipantRole.choices)
    busy = DateTimeRangeField()
    active = models.BooleanField(default=True)
    marked_absent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="participant_in_one_place",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("busy", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(active=True),
            ),
            models.UniqueConstraint(
                fields=["organization", "session", "person"],
                condition=models.Q(active=True),
                include=["role"],  # the wall counts learners, by the index alone
                name="participant_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "session"],
                condition=models.Q(active=True, role="instructor"),
                name="participant_one_instructor",
            ),
        ]
        indexes = [models.Index(fields=["organization", "person", "session"])]


class RoomStatus(models.TextChoices):
    WANTED = "wanted", _("Wanted")
    READY = "ready", _("Ready")
    CLOSED = "closed", _("Closed")


class Room(TenantModel):
    """Where a session happens.

    wanted (asked for `attempts` times, `problem` of the last) -> ready -> closed. Replaced by another, its
    `generation` grows, and `former` keeps [{"external_id", "node", "until", "why"}] of those before.
    """

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="room")
    provider = models.CharField(max_length=40)
    status = models.CharField(max_length=16, choices=RoomStatus.choices, default=RoomStatus.WANTED)
    server = models.ForeignKey(Server, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    generation = models.PositiveIntegerField(default=1)
    former = models.JSONField(default=list)
    external_id = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=500, blank=True)
    region = models.CharField(max_length=40, blank=True)
    node = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)
    wanted_at = models.DateTimeField(default=clock.now)
    ready_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)


class Recording(TenantModel):
    """One recorder's work: running, then stopped or failed; `file_at` once its file has arrived.

    `quiet_since`: it runs and has shown no progress since. `location` is where its file lies in our store,
    until some time after `deleted_at`: it goes then, and its name after it.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="recordings")
    recorder = models.CharField(max_length=200)
    status = models.CharField(max_length=16, default="running")
    started_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(default=0)
    file_at = models.DateTimeField(null=True, blank=True)
    file_seconds = models.FloatField(null=True, blank=True)
    file_bytes = models.BigIntegerField(null=True, blank=True)
    file_silent = models.BooleanField(null=True, blank=True)
    quiet_since = models.DateTimeField(null=True, blank=True)
    location = models.CharField(max_length=300, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "session", "recorder"], name="recorder_once")
        ]
        indexes = [
            models.Index(
                fields=["organization", "file_at"],
                condition=models.Q(deleted_at=None) & ~models.Q(location=""),
                name="recording_kept",
            )
        ]


class JoinLink(TenantModel):
    """One person's way to a series of sessions, or to a single one.

    Its token is signed, not stored, and names `generation`: replaced, the former tokens only say so.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    series = models.ForeignKey(Series, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    generation = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    replaced_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "person", "series"],
                condition=models.Q(session=None),
                name="join_link_once_a_series",
            ),
            models.UniqueConstraint(
                fields=["organization", "person", "session"],
                condition=models.Q(series=None),
                name="join_link_once_a_session",
            ),
            models.CheckConstraint(
                condition=models.Q(series=None) ^ models.Q(session=None), name="join_link_leads_somewhere"
            ),
        ]


class ConfirmedDevice(TenantModel):
    """A browser that a person has confirmed by a code: good until `revoked_at`. Only its token's hash is
    kept; `label` is what a person calls such a browser.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=100, blank=True)
    confirmed_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class DeviceCode(TenantModel):
    """A code sent to confirm a device: waiting, used, past `expires_at`, or tried too often (`attempts`)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "person", "created_at"])]


class RoomPolicy(TenantModel):
    """What the system does by itself in rooms, in versions; the newest is in force.

    `values` by the names of sessions.rules.CARE, each on (true) or off.
    """

    version = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "version"], name="room_policy_version")
        ]


class DeedState(models.TextChoices):
    ASKED = "asked", _("Asked")
    CONFIRMED = "confirmed", _("Confirmed")
    FAILED = "failed", _("Failed")


class Deed(TenantModel):
    """Something asked of a session's room or people: by a member, or (`member` null) by the system itself.

    asked -> confirmed by what was seen, or failed with the reason in `words`; a late confirmation counts.
    `entry` is the id of the line in a case's history that tells of it, 0 where it was asked without a case.
    `text` holds a person's own words and never reaches a log; `data` holds ids and figures.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=16, choices=DeedState.choices, default=DeedState.ASKED)
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    entry = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField(default=clock.now)
    usual_s = models.PositiveIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, blank=True)
    words = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    evidence = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["organization", "session", "asked_at"])]
