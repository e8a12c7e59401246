"""Cases as the API tells them. The names of the first ones are fixed by contract."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime

from callboard.cases import queries, registry
from callboard.cases.models import Case, CaseEntry, Incident, Queue
from callboard.lib import clock
from callboard.people.access import Access
from callboard.people.models import Member

Status = Literal["open", "claimed", "snoozed", "resolved", "cleared", "withdrawn"]
Severity = Literal["now", "soon", "watch"]


class MemberRef(Schema):
    id: int
    name: str


class CaseItem(Schema):
    """One exception. `session` and `participant` are the ids that events carry; `actions` what the asker can
    do about it now, by the names under /actions/. `why` is English with ids."""

    id: int
    kind: str
    severity: Severity
    status: Status
    session: str | None
    participant: str | None
    raised_at: datetime
    why: str
    evidence: list[str]
    actions: list[str]
    title: str
    provider: str | None
    noticed_at: datetime
    cleared_at: datetime | None
    claim_by: datetime | None
    resolve_by: datetime | None
    snoozed_until: datetime | None
    over_at: datetime | None
    owner: MemberRef | None
    outcome: str | None
    outcomes: list[str]
    queue: str
    incident: int | None
    previous: int | None
    details: dict[str, Any]
    version: int
    changed_at: datetime


class CasePage(Schema):
    items: list[CaseItem]
    next: str | None


class EntryItem(Schema):
    """A line of a case's history. `by` null: the system."""

    id: int
    at: datetime
    kind: str
    by: MemberRef | None
    action: str | None
    text: str | None
    data: dict[str, Any]
    undone_at: datetime | None


class EntryList(Schema):
    items: list[EntryItem]


class Counts(Schema):
    """Of the cases that are not over. `now`: nobody's, and of that severity. `by_queue` by slug."""

    open: int
    claimed: int
    snoozed: int
    mine: int
    now: int
    overdue: int
    by_queue: dict[str, int]


class AssignIn(Schema):
    member: int


class SnoozeIn(Schema):
    """Until a moment, or for so many minutes."""

    until: AwareDatetime | None = None
    minutes: int | None = Field(None, ge=1, le=7 * 24 * 60)

    def moment(self) -> datetime:
        """When it wakes; half an hour from now where nothing is said."""
        return self.until or clock.now() + timedelta(minutes=self.minutes or 30)


class ResolveIn(Schema):
    outcome: str = Field(max_length=40)
    text: str = Field("", max_length=10_000)


class NoteIn(Schema):
    text: str = Field(min_length=1, max_length=10_000)


class UndoIn(Schema):
    """Which line of the history; without it, the last that can be taken back."""

    entry: int | None = None


class QueueItem(Schema):
    """Minutes to claim and to resolve, by severity or kind. No members: everybody works it."""

    slug: str
    name: str
    kinds: list[str]
    deadlines: dict[str, list[int]]
    is_default: bool
    members: list[int]


class QueueList(Schema):
    items: list[QueueItem]


class QueueIn(Schema):
    name: str = Field(min_length=1, max_length=100)
    kinds: list[str] = []
    deadlines: dict[str, list[int]] | None = None
    members: list[int] | None = None


class KindItem(Schema):
    name: str
    title: str
    severity: Severity
    rule: str
    outcomes: list[str]


class KindList(Schema):
    items: list[KindItem]


class IncidentItem(Schema):
    id: int
    key: str
    kind: str
    raised_at: datetime
    cleared_at: datetime | None
    sessions: list[str]
    cases: list[int]


class IncidentPage(Schema):
    items: list[IncidentItem]
    next: str | None


def member_ref(member: Member | None) -> dict[str, Any] | None:
    return None if member is None else {"id": member.pk, "name": member.user.name or member.user.email}


def case_item(case: Case, access: Access) -> dict[str, Any]:
    kind = registry.kind(case.kind)
    return {
        "id": case.pk,
        "kind": case.kind,
        "severity": case.severity,
        "status": case.status,
        "session": case.session.key if case.session else None,
        "participant": case.participant or None,
        "raised_at": case.raised_at,
        "why": case.why,
        "evidence": case.evidence,
        "actions": queries.actions(access, case),
        "title": str(kind.title),
        "provider": case.provider or None,
        "noticed_at": case.noticed_at,
        "cleared_at": case.cleared_at,
        "claim_by": case.claim_by,
        "resolve_by": case.resolve_by,
        "snoozed_until": case.snoozed_until,
        "over_at": case.over_at,
        "owner": member_ref(case.owner),
        "outcome": case.outcome or None,
        "outcomes": list(kind.outcomes),
        "queue": case.queue.slug,
        "incident": case.incident_id,
        "previous": case.previous_id,
        "details": case.details,
        "version": case.version,
        "changed_at": case.changed_at,
    }


def entry_item(entry: CaseEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "at": entry.at,
        "kind": entry.kind,
        "by": member_ref(entry.actor),
        "action": entry.action or None,
        "text": entry.text or None,
        "data": entry.data,
        "undone_at": entry.undone_at,
    }


def queue_item(queue: Queue) -> dict[str, Any]:
    return {
        "slug": queue.slug,
        "name": queue.name,
        "kinds": queue.kinds,
        "deadlines": queue.deadlines,
        "is_default": queue.is_default,
        "members": sorted(member.member_id for member in queue.members.all()),
    }


def incident_item(incident: Incident, cases: Iterable[Case]) -> dict[str, Any]:
    members = list(cases)
    return {
        "id": incident.pk,
        "key": incident.key,
        "kind": incident.kind,
        "raised_at": incident.raised_at,
        "cleared_at": incident.cleared_at,
        "sessions": sorted({case.session.key for case in members if case.session}),
        "cases": [case.pk for case in members],
    }
