"""Human touches per 1,000 sessions, by week and kind: from the daily roll-up and what it has not come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Max
from django.db.models.functions import TruncDate

from callboard.cases.models import CaseEntry, TouchDay
from callboard.cases.touching import DEEDS, SITTING, Deed, per_thousand, touches
from callboard.lib import days
from callboard.people.access import Access
from callboard.sessions.models import Session, SessionStatus


@dataclass
class Week:
    """`start` is its Monday. `by_kind` are touches by the case's kind."""

    start: date
    sessions: int = 0
    touches: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float | None:
        return per_thousand(self.touches, self.sessions)


def touches_by_week(access: Access, now: datetime, zone: ZoneInfo, weeks: int = 13) -> list[Week]:
    """The last weeks, the current one last. Raises Forbidden."""
    access.require("cases.read")
    today = days.today(now, zone)
    first = today - timedelta(days=today.weekday(), weeks=weeks - 1)
    found = [Week(first + timedelta(weeks=number)) for number in range(weeks)]
    rolled = TouchDay.objects.aggregate(day=Max("day"))["day"]
    fresh = max(first, rolled + timedelta(days=1)) if rolled else first
    kept = TouchDay.objects.filter(day__gte=first, day__lt=fresh)
    for row in [*kept, *counted(fresh, today, zone)]:
        week = found[(row.day - first).days // 7]
        week.sessions += row.sessions
        week.touches += row.touches
        if row.kind:
            week.by_kind[row.kind] += row.touches
    return found


def counted(first: date, last: date, zone: ZoneInfo) -> list[TouchDay]:
    """Rows of the roll-up for these local days, both included, counted anew; not saved."""
    if first > last:
        return []
    since, until = days.midnight(first, zone), days.midnight(last + timedelta(days=1), zone)
    number: Counter[tuple[date, str]] = Counter()
    cases: dict[tuple[date, str], set[int]] = {}
    for touch in touches(_deeds(since, until)):
        if touch.at >= since:
            key = days.today(touch.at, zone), touch.kind
            number[key] += 1
            cases.setdefault(key, set()).add(touch.case)
    rows = [
        TouchDay(day=day, kind=kind, touches=count, cases=len(cases[day, kind]))
        for (day, kind), count in number.items()
    ]
    return rows + [TouchDay(day=day, kind="", sessions=count) for day, count in _sessions(since, until, zone)]


def _deeds(since: datetime, until: datetime) -> Iterator[Deed]:
    """From one sitting before, so that what began earlier is not counted twice."""
    rows = (
        CaseEntry.objects.filter(at__gte=since - SITTING, at__lt=until, actor__isnull=False, kind__in=DEEDS)
        .exclude(actor__role="service")
        .values_list("at", "actor_id", "case_id", "case__kind", "batch")
    )
    for at, member, case, kind, batch in rows.iterator(chunk_size=5_000):
        if member is not None:
            yield Deed(at, member, case, kind, batch)


def _sessions(since: datetime, until: datetime, zone: ZoneInfo) -> list[tuple[date, int]]:
    """How many were planned to begin on each day and not called off."""
    rows = Session.objects.filter(starts_at__gte=since, starts_at__lt=until)
    rows = rows.exclude(status=SessionStatus.CANCELLED).order_by()
    return list(rows.values_list(TruncDate("starts_at", tzinfo=zone)).annotate(count=Count("pk")))
