"""How well the desk does: cases noticed in time, and claimed by their deadline. Reads within a scope.

- detected: noticed within `rules.DETECTED_WITHIN` of the moment from which the rule held.
- claimed: in somebody's hands by the deadline to claim; late when after it; missed when over, or still
  waiting, past the deadline without anyone. What cleared before anyone had to take it counts neither way.

Withdrawn cases never held, and count nowhere.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from callboard.cases import rules
from callboard.cases.models import Case, CaseDay, CaseEntry, CaseStatus
from callboard.lib import days
from callboard.lib.days import DayCount

KINDS = ("detected", "claimed")


def by_day(since: date, now: datetime, zone: ZoneInfo) -> list[DayCount]:
    """How well both were kept on each local day from `since` to today.

    Read from the roll-up; today, and days that it has not come to yet, are counted here and now.
    """
    rolled = CaseDay.objects.aggregate(day=Max("day"))["day"]
    fresh = max(since, rolled + timedelta(days=1)) if rolled else since
    rows = CaseDay.objects.filter(day__gte=since, day__lt=fresh)
    found = [DayCount(*row) for row in rows.values_list("day", "kind", "kept", "late", "missed")]
    until = days.midnight(days.today(now, zone) + timedelta(days=1), zone)
    return found + counted(days.midnight(fresh, zone), until, now, zone)


def counted(since: datetime, until: datetime, now: datetime, zone: ZoneInfo) -> list[DayCount]:
    """The same, counted from the cases raised in [since, until)."""
    rows = (
        _judged(since, until, now)
        .values_list(TruncDate("raised_at", tzinfo=zone))
        .annotate(
            seen=Count("pk", filter=_SEEN),
            unseen=Count("pk", filter=~_SEEN),
            kept=Count("pk", filter=Q(taken=True, overdue=False)),
            late=Count("pk", filter=Q(taken=True, overdue=True)),
            missed=Count("pk", filter=Q(taken=False, overdue=True)),
        )
        .order_by()
    )
    found: list[DayCount] = []
    for day, seen, unseen, kept, late, missed in rows:
        found.append(DayCount(day, "detected", seen, unseen, 0))
        if kept + late + missed:
            found.append(DayCount(day, "claimed", kept, late, missed))
    return found


def not_kept(kind: str, since: datetime, until: datetime, now: datetime) -> QuerySet[Case]:
    """Cases raised in [since, until) that were noticed late, or claimed late or not at all; latest first."""
    rows = _judged(since, until, now).select_related("session", "person", "owner__user")
    rows = rows.exclude(_SEEN) if kind == "detected" else rows.filter(Q(overdue=True))
    return rows.order_by("-raised_at", "-pk")


_SEEN = Q(noticed_at__lte=F("raised_at") + rules.DETECTED_WITHIN)


def _judged(since: datetime, until: datetime, now: datetime) -> QuerySet[Case]:
    """Each with `taken`, whether anyone ever had it, and `overdue`, whether its deadline passed before."""
    lines = CaseEntry.objects.filter(case=OuterRef("pk"))
    return (
        Case.objects.filter(raised_at__gte=since, raised_at__lt=until)
        .exclude(status=CaseStatus.WITHDRAWN)
        .annotate(
            taken=Q(claimed_at__isnull=False) | Exists(lines.filter(kind__in=["claimed", "assigned"])),
            overdue=Q(claimed_at__isnull=False, claim_by__isnull=False, claimed_at__gt=F("claim_by"))
            | Q(status=CaseStatus.OPEN, over_at=None, claim_by__lte=now)
            | Exists(lines.filter(kind="overdue")),
        )
    )
