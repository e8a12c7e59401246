"""What the operation promises and how well it keeps it, by day; and what was not kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ninja import Field, Query, Router, Schema

from callboard.api.guard import Asked
from callboard.api.paging import Page, paged
from callboard.cases import desk
from callboard.cases.models import Case
from callboard.expectations import queries, registry
from callboard.expectations.models import Expectation
from callboard.lib import clock, days
from callboard.lib.errors import NotFound
from callboard.people.models import Organization

router = Router(tags=["Promises"])

LONGEST = 400


class Length(Schema):
    """How many local days, today included."""

    days: int = Field(30, ge=1, le=LONGEST)


class DayItem(Schema):
    day: date
    kept: int
    late: int
    missed: int


class PromiseItem(Schema):
    """`kind` is a kind of promise, or "detected" and "claimed" for what is promised of cases. `share` was
    kept in time, null where nothing fell due. `days` leaves out those on which nothing did."""

    kind: str
    kept: int
    late: int
    missed: int
    share: float | None
    days: list[DayItem]


class PromiseList(Schema):
    """Days are local to the organization's `zone`."""

    zone: str
    first: date
    last: date
    items: list[PromiseItem]


class Misses(Page):
    """On one `day`, or else within the last `days`."""

    day: date | None = None
    days: int = Field(30, ge=1, le=LONGEST)


class MissItem(Schema):
    """`case` where the entry is about a case ("detected", "claimed")."""

    kind: str
    session: str | None
    participant: str | None
    due_at: datetime
    met_at: datetime | None
    status: str
    case: int | None


class MissPage(Schema):
    items: list[MissItem]
    next: str | None


@router.get("", response=PromiseList, operation_id="list_promises")
def list_promises(request: Asked, wanted: Query[Length]) -> Any:
    """How well each promise was kept, by day."""
    request.access.require("sessions.read")
    now, tz = clock.now(), _zone(request)
    last = days.today(now, tz)
    first = last - timedelta(days=wanted.days - 1)
    by_kind: dict[str, list[days.DayCount]] = {}
    for each in (*queries.by_day(first, now, tz), *desk.by_day(first, now, tz)):
        by_kind.setdefault(each.kind, []).append(each)
    return {
        "zone": tz.key,
        "first": first,
        "last": last,
        "items": [_item(kind, counts) for kind, counts in sorted(by_kind.items())],
    }


@router.get("/{slug:kind}/misses", response=MissPage, operation_id="list_misses")
def list_misses(request: Asked, kind: str, wanted: Query[Misses]) -> Any:
    """What was kept late or missed of one kind, the latest first."""
    request.access.require("sessions.read")
    now, tz = clock.now(), _zone(request)
    last = wanted.day or days.today(now, tz)
    first = wanted.day or last - timedelta(days=wanted.days - 1)
    since, until = days.midnight(first, tz), days.midnight(last, tz) + timedelta(days=1)
    if kind in desk.KINDS:
        request.access.require("cases.read")
        rows = desk.not_kept(kind, since, until, now)
        return paged(rows, wanted, ["-raised_at", "-id"], lambda case: _of_case(kind, case))
    if kind not in registry.kinds():
        raise NotFound
    return paged(queries.not_kept([kind], since, until), wanted, ["-due_at", "-id"], _of_promise)


def _zone(request: Asked) -> ZoneInfo:
    return ZoneInfo(Organization.objects.get(pk=request.access.organization).zone)


def _item(kind: str, counts: list[days.DayCount]) -> dict[str, Any]:
    return {
        "kind": kind,
        "kept": sum(each.kept for each in counts),
        "late": sum(each.late for each in counts),
        "missed": sum(each.missed for each in counts),
        "share": days.share(counts),
        "days": [
            {"day": each.day, "kept": each.kept, "late": each.late, "missed": each.missed}
            for each in sorted(counts, key=lambda each: each.day)
        ],
    }


def _of_promise(promise: Expectation) -> dict[str, Any]:
    return {
        "kind": promise.kind,
        "session": promise.session.key,
        "participant": promise.person.key if promise.person else None,
        "due_at": promise.due_at,
        "met_at": promise.met_at,
        "status": promise.status,
        "case": None,
    }


def _of_case(kind: str, case: Case) -> dict[str, Any]:
    met = case.noticed_at if kind == "detected" else case.claimed_at
    due = case.raised_at if kind == "detected" else case.claim_by or case.raised_at
    return {
        "kind": kind,
        "session": case.session.key if case.session else None,
        "participant": case.participant or None,
        "due_at": due,
        "met_at": met,
        "status": "late" if met else "missed",
        "case": case.pk,
    }
