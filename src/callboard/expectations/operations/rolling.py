"""The daily roll-up of promises: one row per local day and kind, so that a year is read in no time.

Rows are counted anew from the promises, day by day, and replaced in one transaction: running it twice, or
after late evidence, comes to the same as running it once.
"""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Min

from callboard.expectations.models import Expectation, PromiseDay
from callboard.lib import clock, days, tenancy
from callboard.sessions import retention_queries

COUNT = """
INSERT INTO callboard_expectations_promiseday (organization_id, day, kind, kept, late, missed)
SELECT %(organization)s, (due_at AT TIME ZONE %(zone)s)::date, kind,
       count(*) FILTER (WHERE status = 'met'),
       count(*) FILTER (WHERE status = 'late'),
       count(*) FILTER (WHERE status = 'missed')
FROM callboard_expectations_expectation
WHERE organization_id = %(organization)s AND due_at >= %(since)s AND due_at < %(until)s
  AND status IN ('met', 'late', 'missed')
GROUP BY 2, 3
"""


def roll_up(zone: str, back: int | None = days.ROLLED_AGAIN) -> None:
    """Count the last `back` local days anew; all there are where that is None, or nothing was counted yet.

    Today is not counted, being not over; days of which something was deleted by age stay as they were.
    Needs an organization's scope; `zone` is the organization's.
    """
    tz = ZoneInfo(zone)
    today = days.today(clock.now(), tz)
    since: date | None = today - timedelta(days=back) if back is not None else None
    if since is None or not PromiseDay.objects.exists():
        first = Expectation.objects.aggregate(at=Min("due_at"))["at"]
        if first is None:
            return
        since = days.today(first, tz)
    whole = retention_queries.first_whole_day(tz)
    if whole is not None:
        since = max(since, whole)
    elif back is None:
        PromiseDay.objects.all().delete()
    PromiseDay.objects.filter(day__gte=since).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            {
                "organization": tenancy.current_organization(),
                "zone": zone,
                "since": days.midnight(since, tz),
                "until": days.midnight(today, tz),
            },
        )
