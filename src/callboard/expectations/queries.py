"""Reads about promises, within the organization in scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet

from callboard.expectations.models import Expectation, ExpectationPolicy, ExpectationStatus
from callboard.expectations.policy import Policy, merged
from callboard.lib import days
from callboard.lib.days import DayCount
from callboard.lib.together import together
from callboard.people.operations import changes
from callboard.sessions.models import Session
from callboard.sessions.policies import Target, Versions


def of_session(session: Session) -> QuerySet[Expectation]:
    """Its promises in the order in which they fall due; `.person` loaded."""
    return Expectation.objects.filter(session=session).select_related("person").order_by("due_at", "pk")


VERSIONS: Final = Versions(ExpectationPolicy, changes.PROMISES)


def policy(subject: str = "", session: str = "") -> Policy:
    """The values in force for the organization, for a subject of it, or for a session (with its subject)."""
    return policies([(subject, session)])[0]


def policies(targets: Iterable[Target]) -> list[Policy]:
    """The values in force for many sessions, in one statement."""
    found = VERSIONS.in_force(targets)
    known = {mine: merged(each.values for each in mine) for mine in set(found)}
    return [known[mine] for mine in found]


def policies_of(sessions: Iterable[str]) -> Mapping[str, Policy]:
    """The values in force by the keys of sessions; what no session has, as for the organization."""
    keys = set(sessions)
    if not ExpectationPolicy.objects.exists():
        return {key: {} for key in keys}
    subjects = dict(Session.objects.filter(key__in=keys).values_list("key", "subject"))
    wanted = [(subjects.get(key, ""), key) for key in keys]
    return dict(zip(keys, policies(wanted), strict=True))


def counts(session: Session) -> dict[str, int]:
    """How many promises are in which state."""
    rows = Expectation.objects.filter(session=session).values_list("status").annotate(Count("pk"))
    return dict(rows.order_by())


NOT_KEPT = (ExpectationStatus.LATE, ExpectationStatus.MISSED)

# In SQL, since it is half of the page of promises. What falls due today is counted by moments first, of which
# there are few, and their local day found for each of those rather than for each promise.
BY_DAY = f"""
WITH rolled AS (
    SELECT day, kind, kept, late, missed FROM callboard_expectations_promiseday
     WHERE organization_id = %(organization)s AND day >= %(since)s
), due AS MATERIALIZED (
    SELECT due_at, kind, status, count(*) AS number FROM callboard_expectations_expectation
     WHERE organization_id = %(organization)s AND due_at >= {days.FRESH_FROM} AND due_at < %(until)s
       AND status IN ('met', 'late', 'missed')
     GROUP BY due_at, kind, status
), today AS (
    SELECT (due_at AT TIME ZONE %(zone)s)::date AS day, kind, status, number FROM due
)
SELECT day, kind, kept, late, missed FROM rolled
UNION ALL
SELECT day, kind, coalesce(sum(number) FILTER (WHERE status = 'met'), 0)::int,
       coalesce(sum(number) FILTER (WHERE status = 'late'), 0)::int,
       coalesce(sum(number) FILTER (WHERE status = 'missed'), 0)::int
  FROM today WHERE day >= {days.FRESH} GROUP BY day, kind
"""  # noqa: S608 - ours
"""Rows of DayCount, for lib.together with `days.asked`."""


def by_day(since: date, now: datetime, zone: ZoneInfo) -> list[DayCount]:
    """How well each kind was kept on each local day from `since` to today.

    Read from the roll-up; today, and days that it has not come to yet, are counted here and now.
    """
    (rows,) = together([BY_DAY], days.asked(since, now, zone))
    return [DayCount._make(row) for row in rows]


def not_kept(kinds: Iterable[str], since: datetime, until: datetime) -> QuerySet[Expectation]:
    """What was kept late or missed of what fell due in [since, until), the latest first."""
    return (
        Expectation.objects.filter(
            kind__in=list(kinds), due_at__gte=since, due_at__lt=until, status__in=NOT_KEPT
        )
        .select_related("session", "person")
        .order_by("-due_at", "-pk")
    )
