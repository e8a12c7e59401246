"""Tables of cases. `Case.cause` is unique among open ones: one open case per cause."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from callboard.lib import clock
from callboard.lib.tenancy import TenantModel
from callboard.people.models import Member, Person
from callboard.sessions.models import Session


class Severity(models.TextChoices):
    NOW = "now", _("now")
    SOON = "soon", _("soon")
    WATCH = "watch", _("watch")


class Queue(TenantModel):
    """Where cases of some kinds wait, with minutes to claim and to resolve by severity.

    `deadlines` is {"now": [claim, resolve], "soon": [...], "watch": [...]} in minutes; `kinds` the kinds
    routed here; the queue with `is_default` takes the rest.
    `hours` are its working hours as `cases.hours` reads them, in the organization's zone: deadlines run in
    them alone. While it is closed, cases for now go to `stand_in`. What is not claimed in time goes to
    `escalate_to`, and `escalate_member` is told. `strict`: only who works it takes its cases, and others not
    even by saying that they mean it.
    """

    slug = models.SlugField()
    name = models.CharField(max_length=100)
    kinds = models.JSONField(default=list)
    deadlines = models.JSONField(default=dict)
    is_default = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    hours = models.JSONField(default=dict)
    strict = models.BooleanField(default=False)
    stand_in = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    escalate_to = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    escalate_member = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="queue_slug_once"),
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(is_default=True), name="queue_one_default"
            ),
        ]


class QueueMember(TenantModel):
    """That a member works a queue. A queue without members is everybody's."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="members")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "queue", "member"], name="queue_member_once")
        ]


class Route(TenantModel):
    """A rule that sends cases to a queue before the queues' own kinds do: the first that fits, by `position`.

    Of `kinds`, `severities`, and the session's `subjects`, `regions` (where its room is) and `providers`, an
    empty list fits all.
    """

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="routes")
    position = models.PositiveSmallIntegerField(default=0)
    kinds = models.JSONField(default=list)
    subjects = models.JSONField(default=list)
    severities = models.JSONField(default=list)
    regions = models.JSONField(default=list)
    providers = models.JSONField(default=list)


class Incident(TenantModel):
    """Many cases with one cause, by its `key` ("node:eu-2"). Open until `cleared_at`.

    `owner` has it in hand. `closed_at`: none of its cases stands any more but those let go as cases of their
    own, so that nobody has anything to do about it; a new one opens it again.
    """

    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["organization", "raised_at"], name="incident_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["organization", "key", "kind", "raised_at"], name="incident_once")
        ]


class CaseStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CLAIMED = "claimed", _("Claimed")
    SNOOZED = "snoozed", _("Snoozed")
    RESOLVED = "resolved", _("Resolved")
    CLEARED = "cleared", _("Cleared by itself")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Case(TenantModel):
    """One operational exception, in the queue of someone who can act.

    open (nobody's) -> claimed (`owner`) -> resolved by a person with an `outcome`; snoozed until
    `snoozed_until`, then open again; cleared by the system when the evidence came; withdrawn when late
    evidence showed that it never held. A claimed case past `resolve_by` without activity is open again.
    One that clears is over at once, whoever has it; `cleared_at` may be set on a resolved case too.

    `occurrence` is the identity that whoever raised it gives it (kind, subject and moment): raising twice is
    raising once. `cause` (kind and subject) is unique among those not over. A new occurrence of a cause
    whose case was resolved is a new case, with `previous`.
    `why` is English with ids, for programs and logs; `details` hold the key and parameters from which the
    screens make the sentence, with names and local times. `version` grows with every change.
    A case of an incident stands under it until `apart_at`, when it was let go as a case of its own.
    `minutes` [to claim, to resolve] are a policy's, in place of the queue's. `escalated_at`: nobody took it
    in time.
    """

    kind = models.CharField(max_length=40)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    status = models.CharField(max_length=16, choices=CaseStatus.choices, default=CaseStatus.OPEN)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    participant = models.CharField(max_length=200, blank=True)
    provider = models.CharField(max_length=40, blank=True)
    cause = models.CharField(max_length=400)
    occurrence = models.CharField(max_length=500)
    previous = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    incident = models.ForeignKey(
        Incident, on_delete=models.SET_NULL, null=True, blank=True, related_name="cases"
    )
    why = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    evidence = models.JSONField(default=list)
    raised_at = models.DateTimeField()
    noticed_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    apart_at = models.DateTimeField(null=True, blank=True)
    minutes = models.JSONField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    claim_by = models.DateTimeField(null=True, blank=True)
    resolve_by = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "occurrence"], name="case_occurrence_once"),
            models.UniqueConstraint(
                fields=["organization", "cause"],
                condition=models.Q(over_at=None),
                name="case_cause_once_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "queue", "status"],
                condition=models.Q(over_at=None),
                name="case_not_over",
            ),
            models.Index(fields=["organization", "session"]),
            models.Index(fields=["organization", "changed_at"]),
            models.Index(fields=["organization", "cause"], name="case_by_cause"),
            models.Index(fields=["organization", "raised_at"], name="case_by_day"),
            models.Index(fields=["organization", "over_at"], name="case_by_end"),
        ]

    def __str__(self) -> str:
        return f"C-{self.pk}"


class CaseEntry(TenantModel):
    """A line of a case's history: raised, claimed, noted, acted, cleared, ... by whom and when.

    `actor` null: the system. An entry that can be undone holds in `before` what to restore; `undone_at` says
    that it was. `text` is a person's own words and never reaches a log. What was done to many cases in one go
    has the same `batch`.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=40)
    actor = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    action = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    before = models.JSONField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    batch = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "case", "at"]),
            models.Index(
                fields=["organization", "at"], condition=models.Q(actor__isnull=False), name="entry_by_person"
            ),
            models.Index(fields=["organization", "batch"], condition=~models.Q(batch=""), name="entry_batch"),
        ]


class Mention(TenantModel):
    """That a member should look at a case: named in a note, or told of an escalation. New until `read_at`."""

    class Reason(models.TextChoices):
        NOTE = "note", _("You were mentioned")
        ESCALATION = "escalation", _("Nobody took it in time")
        HANDED = "handed", _("Handed over to you")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(CaseEntry, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=16, choices=Reason.choices, default=Reason.NOTE)
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "member", "at"], name="mention_by_member")]
        constraints = [
            models.UniqueConstraint(fields=["organization", "entry", "member"], name="mention_once")
        ]


class CaseReading(TenantModel):
    """That a member looked at a case, noted at most once in `rules.READING_NOTED`."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "at"], name="reading_by_time"),
            models.Index(fields=["organization", "case", "member", "at"], name="reading_of_case"),
        ]


class SavedFilter(TenantModel):
    """A selection of cases under a name: its maker's, or everybody's where `shared`.

    `query` holds the parameters of the queue's address, as `queries.Wanted` reads them.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.JSONField(default=dict)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "member", "name"], name="saved_filter_once")
        ]


class HandOver(TenantModel):
    """The end of a member's shift: which cases went to `taker`, or (null) back to the queue, and what to
    know. `cases` are ids."""

    giver = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    taker = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    text = models.TextField(blank=True)
    cases = models.JSONField(default=list)
    batch = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "at"], name="hand_over_by_time")]


class TouchDay(TenantModel):
    """How often people had to attend to cases of a kind on one local day, and to how many: a roll-up.

    The row with an empty `kind` has the day's `sessions`.
    """

    day = models.DateField()
    kind = models.CharField(max_length=40, blank=True)
    touches = models.PositiveIntegerField(default=0)
    cases = models.PositiveIntegerField(default=0)
    sessions = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "day", "kind"], name="touch_day_once")]


class CaseDay(TenantModel):
    """How well the desk did on one local day, by the day that cases were raised: a roll-up.

    `kind` "detected": noticed in time, or late. "claimed": in hand (or over) by `claim_by`, later, or never.
    """

    day = models.DateField()
    kind = models.CharField(max_length=40)
    kept = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "day", "kind"], name="case_day_once")]
