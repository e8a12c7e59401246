"""The daily roll-up of the desk: counted anew from the cases and replaced, so that twice is once."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import Min

from callboard.cases import desk
from callboard.cases.models import Case, CaseDay
from callboard.lib import clock, days
from callboard.sessions import retention_queries


def roll_up(zone: str, back: int | None = days.ROLLED_AGAIN) -> None:
    """Count the last `back` local days anew; all there are where that is None, or nothing was counted yet.

    Today is not counted, being not over; days of which something was deleted by age stay as they were.
    Needs an organization's scope; `zone` is the organization's.
    """
    tz, now = ZoneInfo(zone), clock.now()
    today = days.today(now, tz)
    since = today - timedelta(days=back) if back is not None else None
    if since is None or not CaseDay.objects.exists():
        first = Case.objects.aggregate(at=Min("raised_at"))["at"]
        if first is None:
            return
        since = days.today(first, tz)
    whole = retention_queries.first_whole_day(tz)
    if whole is not None:
        since = max(since, whole)
    elif back is None:
        CaseDay.objects.all().delete()
    CaseDay.objects.filter(day__gte=since).delete()
    rows = desk.counted(days.midnight(since, tz), days.midnight(today, tz), now, tz)
    CaseDay.objects.bulk_create(
        [
            CaseDay(day=each.day, kind=each.kind, kept=each.kept, late=each.late, missed=each.missed)
            for each in rows
        ],
        batch_size=1_000,
    )
