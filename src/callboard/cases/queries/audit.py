"""Who did and who read what of cases: the histories' lines of persons, and the readings, as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from callboard.cases.models import CaseEntry, CaseReading
from callboard.people.access import Access
from callboard.people.models import Member

READ = "read"
FIRST, AT_ONCE = 120, 1_000
"""How many rows are read at first, which is a page and some, and then."""


@dataclass(frozen=True)
class Line:
    """One thing that someone did, or `kind` "read". No words: those are in the case's history."""

    at: datetime
    member: Member
    kind: str
    action: str
    case: int
    case_kind: str
    session: str
    data: dict[str, Any]
    undone_at: datetime | None = None


def audit(
    access: Access,
    *,
    member: int | None = None,
    case: int | None = None,
    kind: str = "",
    since: datetime | None = None,
    before: datetime | None = None,
) -> Iterator[Line]:
    """Latest first, as many as are taken. `kind` is an entry's or "read". Raises Forbidden."""
    access.require("settings.manage")
    deeds: QuerySet[CaseEntry] = CaseEntry.objects.filter(actor__isnull=False)
    readings: QuerySet[CaseReading] = CaseReading.objects.all()
    narrow: dict[str, Any] = {}
    if case is not None:
        narrow["case_id"] = case
    if since is not None:
        narrow["at__gte"] = since
    if before is not None:
        narrow["at__lt"] = before
    deeds, readings = deeds.filter(**narrow), readings.filter(**narrow)
    if member is not None:
        deeds, readings = deeds.filter(actor_id=member), readings.filter(member_id=member)
    if kind == READ:
        deeds = deeds.none()
    elif kind:
        deeds, readings = deeds.filter(kind=kind), readings.none()
    return _merged(_deeds(deeds), _readings(readings))


def _deeds(rows: QuerySet[CaseEntry]) -> Iterator[Line]:
    rows = rows.select_related("actor__user", "case__session").order_by("-at", "-pk")
    for entry in _in_parts(rows):
        assert entry.actor is not None
        session = entry.case.session
        yield Line(
            entry.at, entry.actor, entry.kind, entry.action, entry.case_id, entry.case.kind,
            session.key if session else "", entry.data, entry.undone_at,
        )  # fmt: skip


def _readings(rows: QuerySet[CaseReading]) -> Iterator[Line]:
    rows = rows.select_related("member__user", "case__session").order_by("-at", "-pk")
    for row in _in_parts(rows):
        session = row.case.session
        yield Line(
            row.at, row.member, READ, "", row.case_id, row.case.kind, session.key if session else "", {}
        )


def _in_parts(rows: QuerySet[Any]) -> Iterator[Any]:
    """Rows a part at a time, each part by one query, so that a year is not held in memory."""
    start, length = 0, FIRST
    while True:
        part = list(rows[start : start + length])
        yield from part
        if len(part) < length:
            return
        start, length = start + length, AT_ONCE


def _merged(one: Iterator[Line], other: Iterator[Line]) -> Iterator[Line]:
    left, right = next(one, None), next(other, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left.at >= right.at):
            assert left is not None
            yield left
            left = next(one, None)
        else:
            yield right
            right = next(other, None)
