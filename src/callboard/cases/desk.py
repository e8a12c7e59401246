"""How well the desk does: cases noticed in time, and claimed by their deadline. Reads within a scope.

- detected: noticed within `rules.DETECTED_WITHIN` of the moment from which the rule held.
- claimed: in somebody's hands by the deadline to claim; late when after it; missed when over, or still
  waiting, past the deadline without anyone. What cleared before anyone had to take it counts neither way.

Withdrawn cases never held, and count nowhere.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from callboard.cases import rules
from callboard.cases.models import Case, CaseDay
from callboard.lib import days, tenancy
from callboard.lib.days import DayCount

KINDS = ("detected", "claimed")


def by_day(since: date, now: datetime, zone: ZoneInfo) -> list[DayCount]:
    """How well both were kept on each local day from `since` to today.

    Read from the roll-up; today, and days that it has not come to yet, are counted here and now.
    """
    rolled = CaseDay.objects.filter(day__gte=since).values_list("day", "kind", "kept", "late", "missed")
    found = [DayCount(*row) for row in rolled]
    fresh = days.after(found, since)
    until = days.midnight(days.today(now, zone) + timedelta(days=1), zone)
    return found + counted(days.midnight(fresh, zone), until, now, zone)


def counted(since: datetime, until: datetime, now: datetime, zone: ZoneInfo) -> list[DayCount]:
    """The same, counted from the cases raised in [since, until)."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [zone.key, *_judged(since, until, now)])
        rows = cursor.fetchall()
    tally = days.Tally()
    for day, seen, taken, overdue, number in rows:
        tally.add(day, "detected", "kept" if seen else "late", number)
        if overdue:
            tally.add(day, "claimed", "late" if taken else "missed", number)
        elif taken:
            tally.add(day, "claimed", "kept", number)
    return tally.counts()


def not_kept(kind: str, since: datetime, until: datetime, now: datetime) -> QuerySet[Case]:
    """Cases raised in [since, until) that were noticed late, or claimed late or not at all; latest first."""
    wrong = RawSQL(_UNSEEN if kind == "detected" else _OVERDUE, _judged(since, until, now))  # noqa: S611 - ours
    rows = Case.objects.filter(pk__in=wrong).select_related("session", "person", "owner__user")
    return rows.order_by("-raised_at", "-pk")


def _judged(since: datetime, until: datetime, now: datetime) -> list[Any]:
    """What `_JUDGED` is to be told."""
    return [rules.DETECTED_WITHIN, now, tenancy.current_organization(), since, until]


_JUDGED = """
SELECT id, raised_at,
       noticed_at <= raised_at + %s AS seen,
       claimed_at IS NOT NULL OR EXISTS (
           SELECT FROM callboard_cases_caseentry AS line
           WHERE line.case_id = one.id AND line.kind IN ('claimed', 'assigned')) AS taken,
       coalesce(claimed_at > claim_by, false)
           OR coalesce(status = 'open' AND over_at IS NULL AND claim_by <= %s, false)
           OR EXISTS (
               SELECT FROM callboard_cases_caseentry AS line
               WHERE line.case_id = one.id AND line.kind = 'overdue') AS overdue
FROM callboard_cases_case AS one
WHERE organization_id = %s AND raised_at >= %s AND raised_at < %s
  AND status <> 'withdrawn'
"""
"""Each case with whether it was `seen` in time, whether anyone ever had it (`taken`), and whether its
deadline passed before (`overdue`). Written out, since drawing it up from expressions takes longer than the
answer."""

_COUNT = f"""
SELECT (raised_at AT TIME ZONE %s)::date, seen, taken, overdue, count(*)
FROM ({_JUDGED}) AS judged GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - ours
_UNSEEN = f"SELECT id FROM ({_JUDGED}) AS judged WHERE NOT seen"  # noqa: S608 - ours
_OVERDUE = f"SELECT id FROM ({_JUDGED}) AS judged WHERE overdue"  # noqa: S608 - ours
