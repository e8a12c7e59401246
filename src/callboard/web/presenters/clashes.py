"""Who is taken by what, where a booking was refused: a line for each week that is not free."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from callboard.lib.errors import Conflict
from callboard.people.models import Person
from callboard.sessions import queries
from callboard.web import times


def said(error: Conflict, starts: list[datetime], tz: ZoneInfo) -> list[str]:
    """In words, the earliest first; what the error says itself where it lists no clashes."""
    clashes = error.details.get("clashes", [])
    if not clashes:
        return [str(error)]
    names = Person.objects.in_bulk({each["person_id"] for each in clashes})
    sessions = queries.by_keys({each["session"] for each in clashes})
    lines = []
    for each in clashes:
        begins, ends = (datetime.fromisoformat(each[name]) for name in ("busy_from", "busy_to"))
        week = starts[each["booking"]] if each["booking"] < len(starts) else begins
        session = sessions.get(each["session"])
        lines.append(
            _("%(day)s: %(name)s is taken %(span)s by “%(title)s”.")
            % {
                "day": times.day(week, tz),
                "name": names[each["person_id"]].name,
                "span": times.span(begins, ends, tz),
                "title": session.title if session else "",
            }
        )
    return lines
