"""Booking the same hour each week: one series, with one join link for each of its people."""

from __future__ import annotations

import dataclasses
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from callboard.lib import ids
from callboard.lib.errors import Conflict, Invalid
from callboard.sessions.models import Series, Session
from callboard.sessions.operations import booking
from callboard.sessions.rules import Booking
from callboard.sessions.timetables import recurring
from callboard.sessions.timetables.wanted import key_on

MOST_WEEKS = 53


@transaction.atomic
def book_weekly(first: Booking, weeks: int, zone: ZoneInfo) -> list[Session]:
    """Book it and the same local hour of the following weeks, all of them or none.

    Where it names no series, a new one is made of its title. Raises as `book`; a Conflict says by its
    `clashes` which of the weeks (`booking`, from 0) are not free.
    """
    if not 1 <= weeks <= MOST_WEEKS:
        raise Invalid(fields={"weeks": _("Between 1 and %(most)d weeks.") % {"most": MOST_WEEKS}})
    length = first.ends_at - first.starts_at
    starts = recurring.starts(f"FREQ=WEEKLY;COUNT={weeks}", first.starts_at, zone)
    series = first.series
    if series is None:
        series = first.key or ids.series_key()
        if Series.objects.filter(key=series).exists():
            raise Conflict(_("There is a series with this id already."), code="key_taken")
        Series.objects.create(key=series, title=first.title.strip()[:200])
    return booking.book_many(
        [
            dataclasses.replace(
                first,
                starts_at=each.astimezone(ZoneInfo("UTC")),
                ends_at=each.astimezone(ZoneInfo("UTC")) + length,
                series=series,
                key=key_on(first.key, each) if first.key else None,
            )
            for each in starts
        ]
    )
