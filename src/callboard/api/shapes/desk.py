"""One's desk as the API tells it: mentions, filters, hand-overs, the audit, touches."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Field, Schema

from callboard.api.shapes.cases import ManyItem, MemberRef, member_ref
from callboard.cases.models import HandOver, Mention, SavedFilter
from callboard.cases.queries import Line, Week


class MentionItem(Schema):
    """`reason`: note, escalation or handed. `by` null: the system."""

    id: int
    case: int
    reason: str
    at: datetime
    read_at: datetime | None
    by: MemberRef | None
    text: str | None


class MentionPage(Schema):
    items: list[MentionItem]
    next: str | None


class FilterItem(Schema):
    """`query` holds the parameters of the list of cases."""

    id: int
    name: str
    query: dict[str, str]
    shared: bool
    member: MemberRef


class FilterList(Schema):
    items: list[FilterItem]


class FilterIn(Schema):
    name: str = Field(min_length=1, max_length=60)
    query: dict[str, str]
    shared: bool = False


class HandOverItem(Schema):
    """`taker` null: back to the queues. `cases` are those that changed hands."""

    id: int
    giver: MemberRef
    taker: MemberRef | None
    at: datetime
    text: str
    cases: list[int]


class HandOverPage(Schema):
    items: list[HandOverItem]
    next: str | None


class HandOverIn(Schema):
    taker: int | None = Field(None, ge=1, lt=2**63)
    text: str = Field("", max_length=10_000)


class HandedItem(Schema):
    hand_over: HandOverItem
    many: ManyItem


class AuditLine(Schema):
    """`kind` is that of the history's line, or read."""

    at: datetime
    member: MemberRef
    kind: str
    action: str | None
    case: int
    case_kind: str
    session: str | None
    undone_at: datetime | None


class AuditPage(Schema):
    """`next`: hand it back as `before`."""

    items: list[AuditLine]
    next: datetime | None


class WeekItem(Schema):
    """`per_1000`: touches per 1,000 sessions; null where there was no session. `start` is its Monday."""

    start: date
    sessions: int
    touches: int
    per_1000: float | None
    by_kind: dict[str, int]


class WeekList(Schema):
    items: list[WeekItem]


def mention_item(mention: Mention) -> dict[str, Any]:
    return {
        "id": mention.pk,
        "case": mention.case_id,
        "reason": mention.reason,
        "at": mention.at,
        "read_at": mention.read_at,
        "by": member_ref(mention.entry.actor),
        "text": mention.entry.text or None,
    }


def filter_item(kept: SavedFilter) -> dict[str, Any]:
    return {
        "id": kept.pk,
        "name": kept.name,
        "query": kept.query,
        "shared": kept.shared,
        "member": member_ref(kept.member),
    }


def hand_over_item(row: HandOver) -> dict[str, Any]:
    return {
        "id": row.pk,
        "giver": member_ref(row.giver),
        "taker": member_ref(row.taker),
        "at": row.at,
        "text": row.text,
        "cases": row.cases,
    }


def audit_line(line: Line) -> dict[str, Any]:
    return {
        "at": line.at,
        "member": member_ref(line.member),
        "kind": line.kind,
        "action": line.action or None,
        "case": line.case,
        "case_kind": line.case_kind,
        "session": line.session or None,
        "undone_at": line.undone_at,
    }


def week_item(week: Week) -> dict[str, Any]:
    return {
        "start": week.start,
        "sessions": week.sessions,
        "touches": week.touches,
        "per_1000": week.rate,
        "by_kind": dict(week.by_kind),
    }
