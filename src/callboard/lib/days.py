"""Local days, and how well something was kept on each: what daily roll-ups are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

ROLLED_AGAIN = 3
"""Days before today that the frequent run of a roll-up counts anew, since evidence may come late."""
ROLLED_NIGHTLY = 40
"""Days that the nightly run counts anew: more than any page shows."""


@dataclass(frozen=True)
class DayCount:
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


Outcome = Literal["kept", "late", "missed"]


class Tally:
    """Counts by day and kind while they are drawn up."""

    def __init__(self) -> None:
        self._found: dict[tuple[date, str], dict[Outcome, int]] = {}

    def add(self, day: date, kind: str, outcome: Outcome, number: int) -> None:
        mine = self._found.setdefault((day, kind), {"kept": 0, "late": 0, "missed": 0})
        mine[outcome] += number

    def counts(self) -> list[DayCount]:
        return [
            DayCount(day, kind, mine["kept"], mine["late"], mine["missed"])
            for (day, kind), mine in self._found.items()
        ]


def after(rolled: Iterable[DayCount], since: date) -> date:
    """The first day from `since` on that a roll-up has not come to."""
    return max((each.day + timedelta(days=1) for each in rolled), default=since)


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
