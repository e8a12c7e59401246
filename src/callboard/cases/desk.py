"""How well the desk does: cases noticed in time, and claimed by their deadline. Reads within a scope.

- detected: noticed within `rules.DETECTED_WITHIN` of the moment from which the rule held.
- claimed: in somebody's hands by the deadline to claim; late when after it; missed when over, or still
  waiting, past the deadline without anyone. What cleared before anyone had to take it counts neither way.

Withdrawn cases never held, and count nowhere.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from callboard.cases import rules
from callboard.cases.models import Case
from callboard.lib import days, tenancy
from callboard.lib.days import DayCount
from callboard.lib.together import together

KINDS = ("detected", "claimed")


def by_day(since: date, now: datetime, zone: ZoneInfo) -> list[DayCount]:
    """How well both were kept on each local day from `since` to today.

    Read from the roll-up; today, and days that it has not come to yet, are counted here and now.
    """
    (rows,) = together([BY_DAY], asked(since, now, zone))
    return [DayCount._make(row) for row in rows]


def asked(since: date, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """What BY_DAY is to be told beside the organization."""
    return {**days.asked(since, now, zone), "within": rules.DETECTED_WITHIN}


def counted(since: datetime, until: datetime, now: datetime, zone: ZoneInfo) -> list[DayCount]:
    """The same, counted from the cases raised in [since, until)."""
    asked = {"since": since, "until": until, "now": now, "within": rules.DETECTED_WITHIN, "zone": zone.key}
    (rows,) = together([_COUNT], asked)
    return [DayCount._make(row) for row in rows]


def not_kept(kind: str, since: datetime, until: datetime, now: datetime) -> QuerySet[Case]:
    """Cases raised in [since, until) that were noticed late, or claimed late or not at all; latest first."""
    asked = [rules.DETECTED_WITHIN, now, tenancy.current_organization(), since, until]
    wrong = RawSQL(_UNSEEN if kind == "detected" else _OVERDUE, asked)  # noqa: S611 - ours
    rows = Case.objects.filter(pk__in=wrong).select_related("session", "person", "owner__user")
    return rows.order_by("-raised_at", "-pk")


def _judged(since: str) -> str:
    """Each case from `since` (in SQL) with whether it was `seen` in time, whether anyone ever had it
    (`taken`), and whether its deadline passed before (`overdue`).

    Written out, since drawing it up from expressions takes longer than the answer.
    """
    return f"""
SELECT id, raised_at,
       noticed_at <= raised_at + %(within)s AS seen,
       claimed_at IS NOT NULL OR EXISTS (
           SELECT FROM callboard_cases_caseentry AS line
           WHERE line.organization_id = one.organization_id AND line.case_id = one.id
             AND line.kind IN ('claimed', 'assigned')) AS taken,
       coalesce(claimed_at > claim_by, false)
           OR coalesce(status = 'open' AND over_at IS NULL AND claim_by <= %(now)s, false)
           OR EXISTS (
               SELECT FROM callboard_cases_caseentry AS line
               WHERE line.organization_id = one.organization_id AND line.case_id = one.id
                 AND line.kind = 'overdue') AS overdue
FROM callboard_cases_case AS one
WHERE organization_id = %(organization)s AND raised_at >= {since} AND raised_at < %(until)s
  AND status <> 'withdrawn'
"""  # noqa: S608 - ours


def _tallied(since: str) -> str:
    """What a WITH says of these cases: `tallied`, rows of DayCount."""
    return f"""
judged AS (
    SELECT (raised_at AT TIME ZONE %(zone)s)::date AS day, seen, taken, overdue FROM ({_judged(since)}) AS one
), tallied AS (
    SELECT day, 'detected' AS kind, count(*) FILTER (WHERE seen) AS kept,
           count(*) FILTER (WHERE NOT seen) AS late, 0 AS missed
      FROM judged GROUP BY day
    UNION ALL
    SELECT day, 'claimed', count(*) FILTER (WHERE NOT overdue), count(*) FILTER (WHERE overdue AND taken),
           count(*) FILTER (WHERE overdue AND NOT taken)
      FROM judged WHERE taken OR overdue GROUP BY day
)
"""  # noqa: S608 - ours


_ANY = dict.fromkeys(("within", "now", "organization", "since", "until"), "%s")
"""In the order in which `_judged` names them: the ORM knows no names."""
_COUNT = f"WITH {_tallied('%(since)s')} SELECT day, kind, kept, late, missed FROM tallied"  # noqa: S608 - ours
_UNSEEN = f"SELECT id FROM ({_judged('%(since)s')}) AS judged WHERE NOT seen" % _ANY  # noqa: S608 - ours
_OVERDUE = f"SELECT id FROM ({_judged('%(since)s')}) AS judged WHERE overdue" % _ANY  # noqa: S608 - ours
BY_DAY = f"""
WITH rolled AS (
    SELECT day, kind, kept, late, missed FROM callboard_cases_caseday
     WHERE organization_id = %(organization)s AND day >= %(since)s
), {_tallied(days.FRESH_FROM)}
SELECT day, kind, kept, late, missed FROM rolled
UNION ALL
SELECT day, kind, kept, late, missed FROM tallied WHERE day >= {days.FRESH}
"""  # noqa: S608 - ours
"""Rows of DayCount, for lib.together with `asked`."""
