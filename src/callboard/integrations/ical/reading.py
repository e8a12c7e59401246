"""Events of a calendar as occurrences, one by one; what is passed over, with the reason.

1. The file is parsed as a whole, or refused.
2. Events are taken by their UID: the master, its exceptions (RECURRENCE-ID) and its exclusions (EXDATE).
3. Each is repeated from now to HORIZON. A time without a zone is in the zone that was chosen for the file.
Passed over: what lasts all day, is over, or concerns nobody. Refused: what repeats more often than daily.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from django.utils.translation import gettext as _

from callboard.lib.sheets import BadFile
from callboard.people.roster.rows import Problem
from callboard.sessions.timetables import recurring

MOST_BYTES = 10 << 20
MOST = 20_000
HORIZON = timedelta(days=400)


@dataclass(frozen=True)
class Occurrence:
    """One time of one event. `people`: (address, name), the organizer first; `occasion` tells it from the
    others of its event, empty where there is but one."""

    line: int
    uid: str
    occasion: str
    title: str
    starts_at: datetime
    ends_at: datetime
    people: tuple[tuple[str, str], ...]
    cancelled: bool
    url: str = ""


@dataclass
class Understood:
    occurrences: list[Occurrence] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    passed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    events: int = 0


def calendars(content: bytes) -> list[Any]:
    """Raises BadFile."""
    if len(content) > MOST_BYTES:
        raise BadFile(_("The file is larger than %(most)d MB.") % {"most": MOST_BYTES >> 20})
    if b"BEGIN:VCALENDAR" not in content.upper():
        raise BadFile(_("This is no calendar: it does not begin with BEGIN:VCALENDAR."))
    if b"END:VCALENDAR" not in content.upper():
        raise BadFile(_("The calendar is cut short."))
    try:
        found = icalendar.Calendar.from_ical(content, multiple=True)
    except Exception as error:  # the library raises whatever its parts do
        raise BadFile(_("The calendar cannot be read: %(why)s") % {"why": str(error)[:150]}) from error
    return [each for each in found if each.name == "VCALENDAR"]


def understood(content: bytes, zone: ZoneInfo, now: datetime, progress: Callable[[int], None]) -> Understood:
    """Raises BadFile."""
    found = Understood()
    lines = _lines(content)
    until = time.thread_time() + recurring.WITHIN_S
    for calendar in calendars(content):
        ends = str(calendar.get("METHOD", "")).upper() == "CANCEL"
        groups: dict[str, list[tuple[int, Any]]] = defaultdict(list)
        zones = list(calendar.walk("VTIMEZONE"))
        for event in calendar.walk("VEVENT"):
            found.events += 1
            line = next(lines, 0)
            uid = str(event.get("UID", "")).strip()
            if not uid:
                found.problems.append(Problem(line, "UID", "no_uid"))
                continue
            groups[uid[:500]].append((line, event))
        for uid, events in groups.items():
            _event(found, uid, events, zones, zone, now, ends=ends)
            progress(found.events)
            if time.thread_time() > until:
                raise BadFile(_("The calendar takes too long to be repeated."), line=events[0][0])
            if len(found.occurrences) > MOST:
                raise BadFile(_("These are more than %(most)d sessions.") % {"most": MOST}, line=events[0][0])
    found.problems.sort(key=lambda each: each.line)
    return found


def _event(
    found: Understood,
    uid: str,
    events: list[tuple[int, Any]],
    zones: list[Any],
    zone: ZoneInfo,
    now: datetime,
    *,
    ends: bool,
) -> None:
    line, master = next((pair for pair in events if "RECURRENCE-ID" not in pair[1]), events[0])
    repeats = len(events) > 1 or "RRULE" in master or "RDATE" in master or "RECURRENCE-ID" in master
    try:
        if not _usable(found, line, master):
            return
        wrong = next((at for at, each in events if not all(map(recurring.follows, _rules(each)))), None)
        if wrong is not None:
            found.problems.append(Problem(wrong, "RRULE", "often"))
            return
        small = icalendar.Calendar()
        for each in (*zones, *(event for _line, event in events)):
            small.add_component(each)
        query = recurring_ical_events.of(small, skip_bad_series=True)
        times = list(query.between(now - timedelta(days=1), now + HORIZON)) if repeats else [master]
        for each in times:
            occurrence = _occurrence(uid, line, master, each, zone, repeats=repeats, ends=ends)
            if occurrence.ends_at <= now:
                found.passed["past"] += 1
            else:
                found.occurrences.append(occurrence)
        if not times:
            found.passed["past"] += 1
        found.occurrences += _excluded(uid, line, master, zone, now)
    except Exception:  # whatever a hostile value does to the library, the file's other events are read
        found.problems.append(Problem(line, "VEVENT", "bad_event"))


def _usable(found: Understood, line: int, master: Any) -> bool:
    """Whether it can be a session at all; the reason is noted where it cannot."""
    start = master.get("DTSTART")
    if start is None:
        found.problems.append(Problem(line, "DTSTART", "bad_event"))
        return False
    moment = start.dt
    if not isinstance(moment, datetime):
        found.passed["all_day"] += 1
        return False
    named = start.params.get("TZID")
    if named and moment.tzinfo is None:
        found.problems.append(Problem(line, "DTSTART", "calendar_zone", str(named)[:100]))
        return False
    return True


def _rules(event: Any) -> list[Any]:
    rules = event.get("RRULE", [])
    return rules if isinstance(rules, list) else [rules]


def _occurrence(
    uid: str, line: int, master: Any, each: Any, zone: ZoneInfo, *, repeats: bool, ends: bool
) -> Occurrence:
    starts = _local(each["DTSTART"].dt, zone)
    if each.get("DTEND") is not None:
        finishes = _local(each["DTEND"].dt, zone)
    else:
        finishes = starts + (each["DURATION"].dt if each.get("DURATION") is not None else timedelta(hours=1))
    occasion = ""
    if repeats:
        first = each["RECURRENCE-ID"].dt if each.get("RECURRENCE-ID") is not None else each["DTSTART"].dt
        occasion = _local(first, zone).astimezone(ZoneInfo("UTC")).strftime("%Y%m%dT%H%MZ")
    utc = ZoneInfo("UTC")
    people = _people(each) or _people(master)
    place = str(each.get("URL") or each.get("LOCATION") or "")
    return Occurrence(
        line=line,
        uid=uid,
        occasion=occasion,
        title=" ".join(str(each.get("SUMMARY") or master.get("SUMMARY") or "").split())[:200],
        starts_at=starts.astimezone(utc),
        ends_at=finishes.astimezone(utc),
        people=people,
        cancelled=ends or str(each.get("STATUS", "")).upper() == "CANCELLED",
        url=place
        if place.startswith(("https://", "http://")) and len(place) <= 500 and " " not in place
        else "",
    )


def _excluded(uid: str, line: int, master: Any, zone: ZoneInfo, now: datetime) -> Iterator[Occurrence]:
    """What was taken out of a repeated event: called off, where it was booked before."""
    dates = master.get("EXDATE", [])
    for some in dates if isinstance(dates, list) else [dates]:
        for each in some.dts:
            if isinstance(each.dt, datetime):
                moment = _local(each.dt, zone).astimezone(ZoneInfo("UTC"))
                if moment > now:
                    occasion = moment.strftime("%Y%m%dT%H%MZ")
                    title = str(master.get("SUMMARY", ""))[:200]
                    ends = moment + timedelta(hours=1)
                    yield Occurrence(line, uid, occasion, title, moment, ends, _people(master), True)


def _people(event: Any) -> tuple[tuple[str, str], ...]:
    """The organizer and whoever is asked and has not declined; rooms and resources are nobody."""
    attendees = event.get("ATTENDEE", [])
    every = [event.get("ORGANIZER"), *(attendees if isinstance(attendees, list) else [attendees])]
    found: dict[str, str] = {}
    for each in every:
        if each is None:
            continue
        params = getattr(each, "params", {})
        if str(params.get("CUTYPE", "")).upper() in ("ROOM", "RESOURCE"):
            continue
        if str(params.get("PARTSTAT", "")).upper() == "DECLINED":
            continue
        scheme, _colon, address = str(each).strip().partition(":")
        if scheme.lower() == "mailto" and "@" in address:
            found.setdefault(address.strip().lower()[:254], str(params.get("CN", ""))[:100])
    return tuple(found.items())


def _local(moment: date, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        raise ValueError("a day is no time")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _lines(content: bytes) -> Iterator[int]:
    """Where each event begins."""
    for number, text in enumerate(content.splitlines(), 1):
        if text.strip().upper() == b"BEGIN:VEVENT":
            yield number
