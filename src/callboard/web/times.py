"""How times are said: clocks in someone's zone, ages, countdowns. Pure; `now` is handed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; UTC where it is unknown or empty."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def city(name: str) -> str:
    """What people call a zone: "America/Mexico_City" is Mexico City."""
    return name.rsplit("/", 1)[-1].replace("_", " ") if name else "UTC"


def hm(moment: datetime, tz: ZoneInfo) -> str:
    local = moment.astimezone(tz)
    return f"{local.hour:02}:{local.minute:02}"  # a list has hundreds, and strftime takes ten times as long


def hms(moment: datetime, tz: ZoneInfo) -> str:
    return moment.astimezone(tz).strftime("%H:%M:%S")


def span(start: datetime, end: datetime, tz: ZoneInfo) -> str:
    return f"{hm(start, tz)}–{hm(end, tz)}"


def day(moment: datetime, tz: ZoneInfo) -> str:
    """Tue 3 Mar"""
    return format_date(moment.astimezone(tz), "D j M")


def long_day(moment: datetime, tz: ZoneInfo) -> str:
    """Tuesday 3 March"""
    return format_date(moment.astimezone(tz), "l j F")


def when(moment: datetime, tz: ZoneInfo, now: datetime) -> str:
    """The clock time, with the weekday where it is another day, the date where it is another week."""
    local, today = moment.astimezone(tz), now.astimezone(tz)
    if local.date() == today.date():
        return local.strftime("%H:%M")
    if abs((local.date() - today.date()).days) < 7:
        return f"{format_date(local, 'D')} {local:%H:%M}"
    return f"{format_date(local, 'j M')} {local:%H:%M}"


def elsewhere(moment: datetime, zone_name: str, home: ZoneInfo) -> str:
    """The clock on someone else's wall: "Athens 17:06", with the weekday where the date differs."""
    theirs = moment.astimezone(zone(zone_name))
    text = f"{city(zone_name)} {theirs.hour:02}:{theirs.minute:02}"
    if theirs.date() != moment.astimezone(home).date():
        text = f"{text} {format_date(theirs, 'D')}"
    return text


def age(length: timedelta) -> str:
    """How long, at a glance: seconds under a minute, then minutes, hours, days."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return _("%(n)d s") % {"n": seconds}
    if seconds < 3600:
        return _("%(n)d min") % {"n": seconds // 60}
    if seconds < 86400:
        hours, minutes = divmod(seconds // 60, 60)
        return _("%(h)d h %(m)d min") % {"h": hours, "m": minutes} if minutes else _("%(n)d h") % {"n": hours}
    days = seconds // 86400
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def exact(length: timedelta) -> str:
    """How long, to the second: "4 min 42 s"."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return _("%(n)d s") % {"n": seconds}
    if seconds < 3600:
        return _("%(m)d min %(s)d s") % {"m": seconds // 60, "s": seconds % 60}
    return age(length)


def countdown(until: datetime, now: datetime) -> str:
    """m:ss (or h:mm:ss) until a deadline; "+0:22" when it has passed."""
    left = int((until - now).total_seconds())
    sign, seconds = ("+", -left) if left < 0 else ("", left)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{sign}{hours}:{minutes:02d}:{seconds:02d}"
    return f"{sign}{minutes}:{seconds:02d}"


def iso(moment: datetime | None) -> str:
    """For `datetime` attributes and scripts: UTC with Z, to the millisecond."""
    if moment is None:
        return ""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def names(people: list[str], limit: int = 3) -> str:
    """Joan, Iris and Pau; beyond the limit: Joan, Iris and 4 others."""
    if len(people) > limit:
        head = ", ".join(people[: limit - 1])
        rest = len(people) - limit + 1
        return ngettext("%(names)s and %(n)d other", "%(names)s and %(n)d others", rest) % {
            "names": head,
            "n": rest,
        }
    if len(people) <= 1:
        return people[0] if people else ""
    return _("%(first)s and %(last)s") % {"first": ", ".join(people[:-1]), "last": people[-1]}


def initials(name: str) -> str:
    """Two letters for an avatar."""
    parts = [part for part in name.replace("-", " ").split() if part]
    if not parts:
        return "?"
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


def first(name: str) -> str:
    """What a sentence calls someone after the first time."""
    return name.split(" ", 1)[0] if name else name
