"""Repeated times: an RRULE in local time, so that four o'clock stays four o'clock when clocks change."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MOST = 400
HORIZON = timedelta(days=400)


PARTS = frozenset(("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST", "BYSETPOS"))
"""What a timetable needs of RRULE; the rest can be written so that it runs for minutes and gives nothing."""

WITHIN_S = 60.0
"""Seconds of computing for the rules of a file: one can be written so that it runs long and gives nothing."""

OFTEN = frozenset(("SECONDLY", "MINUTELY", "HOURLY"))
TIMES_OF_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")


class BadRule(ValueError):
    """It is no rule that a timetable needs, or repeats more than MOST times."""


def follows(rule: Mapping[str, Sequence[object]]) -> bool:
    """Whether a rule can be followed: at most once a day, and on from one day to a later one.

    `rule`: the values of each part. An interval of 0 never gets anywhere; a position within a day has none.
    """
    said = {name.upper(): [str(each).strip().upper() for each in values] for name, values in rule.items()}
    frequencies = set(said.get("FREQ", ()))
    if not frequencies or frequencies & OFTEN or (frequencies == {"DAILY"} and "BYSETPOS" in said):
        return False
    if any(len(said.get(name, ())) > 1 for name in TIMES_OF_DAY):
        return False
    return all(each.isdecimal() and int(each[:9]) > 0 for each in said.get("INTERVAL", ()))


def starts(rule: str, first: datetime, zone: ZoneInfo, until: date | None = None) -> list[datetime]:
    """Local starts, aware, from the first on: by "weekly", "fortnightly", "daily" or an RRULE.

    Without an end in the rule or `until`, for HORIZON. Raises BadRule.
    """
    # Only here, so that nobody else waits for it.
    from dateutil.rrule import rrulestr  # type: ignore[import-untyped, unused-ignore]

    text = {"weekly": "FREQ=WEEKLY", "fortnightly": "FREQ=WEEKLY;INTERVAL=2", "daily": "FREQ=DAILY"}.get(
        rule.strip().casefold(), rule.strip().upper().removeprefix("RRULE:")
    )
    parts = dict(part.partition("=")[::2] for part in text.split(";"))
    if not parts.keys() <= PARTS or parts.get("FREQ") not in ("DAILY", "WEEKLY", "MONTHLY"):
        raise BadRule
    if not follows({name: value.split(",") for name, value in parts.items()}):
        raise BadRule
    local = first.astimezone(zone).replace(tzinfo=None) if first.tzinfo else first
    last = datetime.combine(until, datetime.max.time()) if until else local + HORIZON
    try:
        # UNTIL in UTC is told in the zone, since the rule runs in local time here.
        found = itertools.takewhile(
            lambda each: each <= last, rrulestr(_local_until(text, zone), dtstart=local)
        )
        times = list(itertools.islice(found, MOST + 1))
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise BadRule from error
    if len(times) > MOST:
        raise BadRule
    return [each.replace(tzinfo=zone) for each in times]


def _local_until(text: str, zone: ZoneInfo) -> str:
    parts = []
    for part in text.split(";"):
        name, _equals, value = part.partition("=")
        if name == "UNTIL" and value.endswith("Z"):
            moment = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=ZoneInfo("UTC"))
            part = f"UNTIL={moment.astimezone(zone):%Y%m%dT%H%M%S}"
        elif name == "UNTIL" and len(value) == 8:
            part = f"UNTIL={value}T235959"
        parts.append(part)
    return ";".join(parts)
