"""What the operation promises, and how well it kept it by day; what was not kept, with the case it became."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from callboard.cases import desk
from callboard.cases.models import Case
from callboard.expectations import queries
from callboard.expectations.models import Expectation
from callboard.lib import days
from callboard.lib.days import DayCount
from callboard.lib.together import together
from callboard.live import rulebook

CASES = {
    "room_ready": ("room_not_ready",),
    "instructor_in": ("instructor_missing",),
    "learner_in": ("learner_missing",),
    "recording_running": ("recording_not_started", "recording_stalled"),
    "lasted": ("ended_early", "room_empty"),
    "file_arrived": ("recording_missing", "recording_bad"),
}
"""The kinds of case that a broken promise of a kind becomes."""

ORDER = (*CASES, "brief_delivered", "note_drafted", "note_reviewed", "note_sent", *desk.KINDS)
ALWAYS = (*CASES, *desk.KINDS)
"""Shown even where nothing was counted yet."""


@dataclass(frozen=True)
class Kept:
    """`days` in order, today last; `counts` by kind and day; the `rules` in force."""

    days: list[date]
    counts: dict[str, dict[date, DayCount]]
    rules: rulebook.InForce

    @property
    def kinds(self) -> list[str]:
        known = [kind for kind in ORDER if kind in self.counts or kind in ALWAYS]
        return known + sorted(set(self.counts) - set(ORDER))


@dataclass(frozen=True)
class Unkept:
    """One page of what was not kept. Either `promises` or `cases` is empty."""

    promises: list[Expectation]
    cases: list[Case]
    became: dict[tuple[int, int | None], Case]
    more: bool


def kept(now: datetime, length: int, tz: ZoneInfo) -> Kept:
    """The last `length` days, today included. One round trip."""
    today = days.today(now, tz)
    since = today - timedelta(days=length - 1)
    statements = [queries.BY_DAY, desk.BY_DAY, rulebook.OWN]
    promises, cases, rules = together(statements, desk.asked(since, now, tz))
    counts: dict[str, dict[date, DayCount]] = defaultdict(dict)
    for row in (*promises, *cases):
        each = DayCount._make(row)
        counts[each.kind][each.day] = each
    return Kept(days.spanned(since, today), dict(counts), rulebook.own(rules))


def unkept(kind: str, since: datetime, until: datetime, now: datetime, start: int, length: int) -> Unkept:
    """What fell due in [since, until) and was not kept, the latest first."""
    if kind in desk.KINDS:
        cases = list(desk.not_kept(kind, since, until, now)[start : start + length + 1])
        return Unkept([], cases[:length], {}, len(cases) > length)
    found = list(queries.not_kept([kind], since, until)[start : start + length + 1])
    shown = found[:length]
    became: dict[tuple[int, int | None], Case] = {}
    rows = Case.objects.filter(session_id__in=[each.session_id for each in shown])
    for case in rows.filter(kind__in=CASES.get(kind, ())).order_by("-raised_at"):
        if case.session_id is not None:
            became[case.session_id, case.person_id] = case
            became.setdefault((case.session_id, None), case)
    return Unkept(shown, [], became, len(found) > length)
