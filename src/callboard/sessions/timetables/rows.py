"""Which sessions a row of a table wants: one, or many where it repeats; and what it cannot mean."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from callboard.people.roster.rows import NO, YES, Problem
from callboard.people.roster.rows import day as understood_day
from callboard.people.roster.rows import zone as understood_zone
from callboard.sessions.timetables import recurring
from callboard.sessions.timetables.wanted import Wanted, key_of, key_on

OFF = frozenset(
    ("cancelled", "canceled", "called off", "off", "deleted", "cancelada", "cancelado", "abgesagt")
)
ON = frozenset(("confirmed", "scheduled", "planned", "tentative", "on", "booked", "active"))
URL = re.compile(r"^https?://[^\s/]+(/\S*)?$")
MOMENTS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")
TIMES = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p", "%H.%M")


class Reader:
    """Reads the rows of one table. `minutes`: how long one lasts where no column says it."""

    def __init__(self, columns: Sequence[str], zone: ZoneInfo, minutes: int = 60) -> None:
        self._at = {choice: place for place, choice in enumerate(columns) if choice}
        self._zone, self._minutes = zone, minutes

    def read(self, line: int, cells: Sequence[str]) -> tuple[list[Wanted], list[Problem]]:
        """The sessions, where there are no problems."""
        said = {choice: cells[place] for choice, place in self._at.items() if cells[place]}
        wrong: list[Problem] = []

        def bad(column: str, code: str) -> None:
            wrong.append(Problem(line, column, code, said.get(column, "")[:100]))

        for name, most in (("title", 200), ("subject", 100), ("level", 40), ("reason", 500), ("link", 500)):
            if len(said.get(name, "")) > most:
                bad(name, "too_long")
        zone = self._zone
        if "zone" in said:
            name, code = understood_zone(said["zone"])
            if code:
                bad("zone", "zone")
            else:
                zone = ZoneInfo(name)
        starts = self._start(said, zone)
        if starts is None:
            bad("starts_at" if "starts_at" in self._at else "date", "moment")
        length = None if starts is None else self._length(said, zone, starts)
        if starts is not None and length is None:
            bad("minutes" if "minutes" in said else "ends_at" if "ends_at" in said else "end_time", "length")
        cancelled = said.get("state", "").casefold() in OFF or (
            said.get("state", "").casefold() in YES and "state" in said
        )
        if "state" in said and not cancelled and said["state"].casefold() not in ON | NO:
            bad("state", "state")
        if "recording" in said and said["recording"].casefold() not in YES | NO:
            bad("recording", "yes_or_no")
        if "link" in said and not URL.match(said["link"]):
            bad("link", "link")
        # What is called off needs nobody, but whom it is known by where it has no id.
        if "instructor" not in said and not (cancelled and "id" in said):
            bad("instructor", "no_instructor")
        learners = tuple(
            dict.fromkeys(part.strip() for part in re.split(r"[;,|\n]", said.get("learners", "")))
        )
        learners = tuple(each for each in learners if each)
        if not learners and not cancelled:
            bad("learners", "no_learner")
        until = understood_day(said["until"], None)[0] if "until" in said else ""
        if "until" in said and not until:
            bad("until", "day")
        if wrong or starts is None or length is None:
            return [], wrong
        key = key_of(said["id"]) if "id" in said else key_of(
            said.get("title", ""), said["instructor"], starts.astimezone(ZoneInfo("UTC")).isoformat()
        )  # fmt: skip
        times, keys, series = [starts], [key], ""
        if "repeats" in said:
            last = date.fromisoformat(until) if until else None
            try:
                times = recurring.starts(said["repeats"], starts, zone, last)
            except recurring.BadRule:
                bad("repeats", "repeats")
                return [], wrong
            keys, series = [key_on(key, each) for each in times], key
        return [
            Wanted(
                line=line,
                key=each,
                title=said.get("title") or said.get("subject") or said.get("instructor", ""),
                starts_at=moment,
                ends_at=moment.astimezone(ZoneInfo("UTC")) + length,
                instructor=said.get("instructor", ""),
                learners=learners,
                subject=said.get("subject", ""),
                level=said.get("level", ""),
                recording=said.get("recording", "").casefold() in YES,
                series=series,
                cancelled=cancelled,
                reason=said.get("reason", ""),
                url=said.get("link", ""),
            )
            for moment, each in zip(times, keys, strict=True)
        ], wrong

    def _start(self, said: dict[str, str], zone: ZoneInfo) -> datetime | None:
        if "starts_at" in said:
            return moment(said["starts_at"], zone)
        if "date" not in said or "time" not in said:
            return None
        return on_day(said["date"], said["time"], zone)

    def _length(self, said: dict[str, str], zone: ZoneInfo, starts: datetime) -> timedelta | None:
        ends: datetime | None = None
        if "ends_at" in said:
            ends = moment(said["ends_at"], zone)
        elif "end_time" in said:
            ends = on_day(starts.astimezone(zone).date().isoformat(), said["end_time"], zone)
        elif "minutes" in said:
            text = said["minutes"].casefold().removesuffix("min").removesuffix("minutes").strip()
            good = text.isascii() and text.isdecimal() and 0 < int(text[:5]) <= 24 * 60
            return timedelta(minutes=int(text)) if good else None
        else:
            return timedelta(minutes=self._minutes)
        utc = ZoneInfo("UTC")
        if ends is None or not timedelta(0) < ends.astimezone(utc) - starts.astimezone(utc) <= timedelta(
            days=1
        ):
            return None
        return ends.astimezone(utc) - starts.astimezone(utc)


def moment(text: str, zone: ZoneInfo) -> datetime | None:
    """A day with a time of day: RFC 3339 with an offset, or local."""
    found: datetime | None = None
    with contextlib.suppress(ValueError):
        found = datetime.fromisoformat(text.strip())
    if found is None:
        for shape in MOMENTS:
            try:
                found = datetime.strptime(text.strip(), shape)  # noqa: DTZ007 - the zone comes next
                break
            except ValueError:
                continue
    if found is None or (len(text.strip()) <= 10):
        return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(zone)
    except OverflowError:
        return None


def on_day(day: str, hour: str, zone: ZoneInfo) -> datetime | None:
    found, code = understood_day(day, None)
    clock = _time(hour)
    if code or clock is None:
        return None
    return datetime.combine(date.fromisoformat(found), clock, zone)


def _time(text: str) -> time | None:
    for shape in TIMES:
        try:
            return datetime.strptime(text.strip().upper(), shape).time()  # noqa: DTZ007 - a time of day
        except ValueError:
            continue
    return None
