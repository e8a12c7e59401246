"""Local days, and how well something was kept on each: what daily roll-ups are made of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

ROLLED_AGAIN = 3
"""Days before today that the frequent run of a roll-up counts anew, since evidence may come late."""
ROLLED_NIGHTLY = 40
"""Days that the nightly run counts anew: more than any page shows."""


class DayCount(NamedTuple):
    """How often something was kept, kept late and missed on one local day."""

    day: date
    kind: str
    kept: int
    late: int
    missed: int

    @property
    def total(self) -> int:
        return self.kept + self.late + self.missed

    @property
    def wrong(self) -> int:
        return self.late + self.missed


_FRESH = "coalesce(max(day) + 1, %(since)s::date)"
FRESH = f"(SELECT {_FRESH} FROM rolled)"  # noqa: S608 - ours
"""The first local day from `since` on that a roll-up, with the rows `rolled`, has not come to, in SQL."""
FRESH_FROM = f"(SELECT {_FRESH}::timestamp AT TIME ZONE %(zone)s - interval '2 hours' FROM rolled)"  # noqa: S608 - ours
"""A moment little before that day begins: by some clocks a midnight comes twice.

One value for whoever compares with it: under row-level security no index is searched for what is worked out.
"""


def asked(since: date, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """What a statement that counts by day from `since` to today is to be told."""
    until = midnight(today(now, zone) + timedelta(days=1), zone)
    return {"since": since, "until": until, "zone": zone.key, "now": now}


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a local day begins."""
    return datetime.combine(day, time(), zone)


def today(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()


def spanned(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def share(counts: Iterable[DayCount]) -> float | None:
    """What part was kept in time, 0 to 1; None where there was nothing to keep."""
    found = list(counts)
    total = sum(each.total for each in found)
    return sum(each.kept for each in found) / total if total else None
