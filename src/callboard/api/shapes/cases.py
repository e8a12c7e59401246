"""Cases as the API tells them. The names of the first ones are fixed by contract."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime

from callboard.cases import operations, queries, registry
from callboard.cases.models import Case, CaseEntry
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
    apart_at: datetime | None
    escalated_at: datetime | None
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
    batch: str | None


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


class ClaimIn(Schema):
    """`override`: although its queue is not the asker's to work; that is written down."""

    override: bool = False


class AssignIn(Schema):
    member: int = Field(ge=1, lt=2**63)
    override: bool = False


class CaseMoveIn(Schema):
    """`queue` by slug."""

    queue: str = Field(min_length=1, max_length=50)


class ManyIn(Schema):
    """Cases by id, and what the action takes, by name."""

    cases: list[Annotated[int, Field(ge=1, lt=2**63)]] = Field(min_length=1, max_length=1_000)
    params: dict[str, Any] = {}


class BatchIn(Schema):
    batch: str = Field(min_length=1, max_length=40)


class OutcomeItem(Schema):
    """What became of it for one case; `code` and `message` where it was refused."""

    case: int
    done: bool
    code: str | None
    message: str | None


class ManyItem(Schema):
    """`batch` names what was done in one go; it can be taken back where `undoable`."""

    batch: str
    done: int
    failed: int
    undoable: bool
    outcomes: list[OutcomeItem]


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


class KindItem(Schema):
    name: str
    title: str
    severity: Severity
    rule: str
    outcomes: list[str]


class KindList(Schema):
    items: list[KindItem]


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
        "apart_at": case.apart_at,
        "escalated_at": case.escalated_at,
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
        "batch": entry.batch or None,
    }


def many_item(many: operations.Many) -> dict[str, Any]:
    return {
        "batch": many.batch,
        "done": len(many.done),
        "failed": len(many.failed),
        "undoable": many.undoable,
        "outcomes": [
            {
                "case": each.case,
                "done": each.done,
                "code": each.code or None,
                "message": each.words or None,
            }
            for each in many.outcomes
        ],
    }
