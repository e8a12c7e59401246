"""One's desk: mentions, saved filters, hand-overs; who did what; how often people had to."""

from __future__ import annotations

from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema
from pydantic import AwareDatetime

from callboard.api.guard import Asked
from callboard.api.paging import MOST, Page, paged
from callboard.api.shapes import cases as case_shapes
from callboard.api.shapes import desk as shapes
from callboard.cases import operations, queries
from callboard.lib import clock
from callboard.people.models import Organization

router = Router(tags=["Desk"])


class AuditFilter(Page):
    """Latest first; `before` continues after a page's `next`."""

    member: int | None = Field(None, ge=1, lt=2**63)
    case: int | None = Field(None, ge=1, lt=2**63)
    kind: str = Field("", max_length=40)
    since: AwareDatetime | None = None
    before: AwareDatetime | None = None


@router.get("/mentions", response=shapes.MentionPage, operation_id="list_mentions")
def list_mentions(request: Asked, wanted: Query[Page]) -> Any:
    """Where one was named, told of an escalation or handed a case; latest first."""
    return paged(queries.mentions(request.access), wanted, ["-at", "-id"], shapes.mention_item)


@router.post("/mentions/read", response={204: None}, operation_id="read_mentions")
def read_mentions(request: Asked) -> Any:
    """None of them is new any more."""
    operations.read_mentions(request.access)
    return HttpResponse(status=204)


@router.get("/filters", response=shapes.FilterList, operation_id="list_filters")
def list_filters(request: Asked) -> Any:
    """One's own and the shared ones."""
    return {"items": [shapes.filter_item(kept) for kept in queries.filters(request.access)]}


@router.post("/filters", response=shapes.FilterItem, operation_id="save_filter")
def save_filter(request: Asked, given: shapes.FilterIn) -> Any:
    """Keep a selection of cases under a name; one's own of that name is replaced."""
    kept = operations.save_filter(request.access, given.name, given.query, given.shared)
    return shapes.filter_item(kept)


@router.delete("/filters/{int:filter_id}", response={204: None}, operation_id="remove_filter")
def remove_filter(request: Asked, filter_id: int) -> Any:
    operations.remove_filter(request.access, filter_id)
    return HttpResponse(status=204)


@router.get("/hand-overs", response=shapes.HandOverPage, operation_id="list_hand_overs")
def list_hand_overs(request: Asked, wanted: Query[Page]) -> Any:
    """Latest first."""
    return paged(queries.hand_overs(request.access), wanted, ["-at", "-id"], shapes.hand_over_item)


@router.post("/hand-overs", response=shapes.HandedItem, operation_id="hand_over")
def hand_over(request: Asked, given: shapes.HandOverIn) -> Any:
    """End one's shift: all that one has goes to `taker`, or back to the queues."""
    handed = operations.hand_over(request.access, given.taker, given.text)
    return {
        "hand_over": shapes.hand_over_item(handed.row),
        "many": case_shapes.many_item(handed.many),
    }


@router.get("/audit", response=shapes.AuditPage, operation_id="audit_cases")
def audit(request: Asked, wanted: Query[AuditFilter]) -> Any:
    """Who did and who read what of cases."""
    lines = queries.audit(
        request.access,
        member=wanted.member,
        case=wanted.case,
        kind=wanted.kind,
        since=wanted.since,
        before=wanted.before,
    )
    limit = min(wanted.limit, MOST)
    found = list(islice(lines, limit + 1))
    more = len(found) > limit
    return {
        "items": [shapes.audit_line(line) for line in found[:limit]],
        "next": found[limit - 1].at if more else None,
    }


class Weeks(Schema):
    weeks: int = Field(13, ge=1, le=104)


@router.get("/touches", response=shapes.WeekList, operation_id="list_touches")
def touches(request: Asked, wanted: Query[Weeks]) -> Any:
    """How often people had to attend to cases, per 1,000 sessions, by week; the current one last."""
    zone = ZoneInfo(Organization.objects.get().zone)
    rows = queries.touches_by_week(request.access, clock.now(), zone, wanted.weeks)
    return {"items": [shapes.week_item(week) for week in rows]}
