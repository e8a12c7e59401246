"""When a queue is worked, and deadlines that run while it is: pure, no clock.

Hours are {"week": {"mon": [["09:00", "18:00"]], ...}, "except": {"2026-12-25": [], ...}}: spans of local time
by weekday, and by date in place of the weekday's. A span that ends at or before its start ends the next day;
"24:00" ends a day. Nothing said (no "week") means always.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD_DAYS = 60
"""A queue that does not open within so many days is as if it were always open."""

Span = tuple[int, int]
"""Minutes of a local day, from and until; until may be past midnight."""


class NoHours(ValueError):
    """These hours cannot be meant. `field` says which part."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(field)


@dataclass(frozen=True)
class Hours:
    """Working hours in a zone. `week` by weekday from Monday, `days` by date; `week` None means always."""

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...] | None = None
    days: Mapping[date, tuple[Span, ...]] | None = None

    def is_open(self, at: datetime) -> bool:
        if self.week is None:
            return True
        return any(start <= at < end for start, end in self._open_from(at))

    def opens(self, at: datetime) -> datetime | None:
        """The next moment from `at` on at which it is open; None where it does not open again soon."""
        if self.week is None:
            return at
        return next((max(start, at) for start, end in self._open_from(at) if end > at), None)

    def closes(self, at: datetime) -> datetime | None:
        """When it closes next, if it is open at `at` and ever closes."""
        return next((end for start, end in self._open_from(at) if start <= at < end), None)

    def after(self, at: datetime, minutes: float) -> datetime:
        """The moment at which it will have been open for so many minutes from `at` on."""
        left = timedelta(minutes=minutes)
        if self.week is None:
            return at + left
        for start, end in self._open_from(at):
            begin = max(start, at)
            if begin >= end:
                continue
            if end - begin >= left:
                return begin + left
            left -= end - begin
        return at + timedelta(minutes=minutes)

    def _open_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open spans that end after `at`, in order, those that touch or overlap joined."""
        if self.week is None:
            return
        held: tuple[datetime, datetime] | None = None
        first = at.astimezone(self.zone).date() - timedelta(days=1)
        for step in range(LOOK_AHEAD_DAYS + 1):
            day = first + timedelta(days=step)
            for start, end in self._spans(day):
                if held is not None and start <= held[1]:
                    held = held[0], max(held[1], end)
                    continue
                if held is not None and held[1] > at:
                    yield held
                held = start, end
        if held is not None and held[1] > at:
            yield held

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        assert self.week is not None
        spans = (self.days or {}).get(day)
        for start, end in self.week[day.weekday()] if spans is None else spans:
            yield self._moment(day, start), self._moment(day, end)

    def _moment(self, day: date, minutes: int) -> datetime:
        """By the wall's clock, so that 9:00 is 9:00 on the days when clocks change too."""
        local = datetime.combine(day, time()) + timedelta(minutes=minutes)
        return local.replace(tzinfo=self.zone).astimezone(UTC)


def read(said: Mapping[str, Any], zone: ZoneInfo) -> Hours:
    """Hours as they are kept. Raises NoHours with the part that cannot be meant."""
    week = said.get("week") or {}
    if not isinstance(week, Mapping) or set(week) - set(WEEKDAYS):
        raise NoHours("week")
    if not week:
        return Hours(zone)
    excepted = said.get("except") or {}
    if not isinstance(excepted, Mapping):
        raise NoHours("except")
    return Hours(
        zone,
        tuple(_read_spans(week.get(day, ()), f"week.{day}") for day in WEEKDAYS),
        {_read_date(day): _read_spans(spans, f"except.{day}") for day, spans in excepted.items()},
    )


def _read_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NoHours(f"except.{text}") from error


def _read_spans(spans: Any, field: str) -> tuple[Span, ...]:
    if not isinstance(spans, Sequence) or isinstance(spans, str):
        raise NoHours(field)
    found = sorted(_read_span(span, field) for span in spans)
    return tuple(found)


def _read_span(span: Any, field: str) -> Span:
    if not isinstance(span, Sequence) or isinstance(span, str) or len(span) != 2:
        raise NoHours(field)
    start, end = (_read_time(each, field) for each in span)
    if start == 24 * 60:
        raise NoHours(field)
    return start, end if end > start else end + 24 * 60


def _read_time(text: Any, field: str) -> int:
    parts = text.split(":") if isinstance(text, str) else []
    if len(parts) != 2 or not all(part.isascii() and part.isdecimal() and len(part) == 2 for part in parts):
        raise NoHours(field)
    hour, minute = map(int, parts)
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise NoHours(field)
    return hour * 60 + minute


def lines(text: Iterable[str]) -> list[list[str]]:
    """Spans from what a person types: "9:00-13:00, 14:00-18:00". Raises NoHours."""
    found = []
    for part in text:
        ends = [each.strip() for each in part.replace("\u2013", "-").split("-")]
        if len(ends) != 2:
            raise NoHours(part.strip())
        found.append([_full(each, part) for each in ends])
    return found


def _full(text: str, part: str) -> str:
    """ "9" and "9:30" as "09:00" and "09:30"."""
    hour, _colon, minute = text.partition(":")
    full = f"{hour.zfill(2)}:{minute or '00'}"
    _read_time(full, part.strip())
    return full
