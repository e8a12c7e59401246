"""The page of promises: a row for each with its share and its days, and the list of what was not kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.cases.models import Case, CaseStatus
from callboard.cases.queries.deadlines import DETECTED_WITHIN
from callboard.expectations.models import Expectation, ExpectationStatus
from callboard.lib import days
from callboard.lib.days import DayCount
from callboard.live.monitors import rule_text, rule_texts
from callboard.web import addresses, times, words
from callboard.web.bars import HIGH, STEP, Bar
from callboard.web.presenters import queue, why
from callboard.web.reads.promises import CASES, Kept, Unkept
from callboard.web.viewer import Viewer

LEAST = 0.05
"""The share of misses that fills a day's height at least, so that one miss in a thousand stays small."""

TITLES = {
    "learner_in": lazy("Learners in"),
    "detected": lazy("Noticed in time"),
    "claimed": lazy("Claimed in time"),
}


@dataclass(frozen=True)
class Row:
    kind: str
    title: str
    rule: str
    share: str
    kept: str
    today: str
    wrong: str
    href: str
    bars: list[Bar]


@dataclass(frozen=True)
class TableRow:
    day: str
    cells: list[tuple[str, str]]


@dataclass(frozen=True)
class Page:
    """`table` says the same as the pictures, the latest day first; empty unless it was asked for."""

    rows: list[Row]
    heads: list[str]
    table: list[TableRow]
    first: str
    nothing: bool


@dataclass(frozen=True)
class Miss:
    at: str
    session: str
    session_href: str
    who: str
    what: str
    missed: bool
    why: str
    severity: str
    state: str
    case_href: str


def page(kept: Kept, *, as_table: bool = False) -> Page:
    names = {day: named(day) for day in kept.days}
    rules = rule_texts((kinds[0] for kinds in CASES.values()), kept.rules)
    rows = [_row(kind, kept, names, rules) for kind in kept.kinds]
    table = []
    if as_table:
        says = [(_Says(kind), kept.counts.get(kind, {})) for kind in kept.kinds]
        table = [
            TableRow(names[day], [each.day(counts.get(day)) for each, counts in says])
            for day in reversed(kept.days)
        ]
    return Page(
        rows=rows,
        heads=[row.title for row in rows],
        table=table,
        first=names[kept.days[0]],
        nothing=not kept.counts,
    )


def title(kind: str) -> str:
    return str(TITLES.get(kind) or words.promise(kind))


def rule(kind: str, rules: dict[str, str] | None = None) -> str:
    """What exactly is promised, as the rule in force has it; `rules` where they are read already."""
    if kind == "detected":
        return _("On screen within %(n)d s of the moment it began") % {"n": DETECTED_WITHIN.total_seconds()}
    if kind == "claimed":
        return _("In somebody’s hands by the deadline of its queue")
    if kind == "lasted":
        return _("Not ended with more of the plan missing than the rule allows")
    if kind not in CASES:
        return ""
    case = CASES[kind][0]
    return rule_text(case) if rules is None else rules.get(case, "")


def percent(share: float | None) -> str:
    """99.4%, never rounded up to a hundred; a dash where there is nothing to say."""
    if share is None:
        return "–"
    if share >= 1:
        return "100%"
    return f"{int(share * 1000) / 10:.1f}%"


def _row(kind: str, kept: Kept, names: dict[date, str], rules: dict[str, str]) -> Row:
    by_day = kept.counts.get(kind, {})
    every = list(by_day.values())
    total, wrong = sum(each.total for each in every), sum(each.wrong for each in every)
    most = max([LEAST, *(each.wrong / each.total for each in every if each.total)])
    today = by_day.get(kept.days[-1])
    says = _Says(kind)
    return Row(
        kind=kind,
        title=title(kind),
        rule=rule(kind, rules),
        share=percent(days.share(every)),
        kept=says.kept(total - wrong, total) if total else "",
        today=percent(days.share([today])) if today else percent(None),
        wrong=ngettext("%(n)s not kept", "%(n)s not kept", wrong) % {"n": f"{wrong:,}"} if wrong else "",
        href=f"{says.address}?days={len(kept.days)}",
        bars=[_bar(place, says, names[day], by_day.get(day), most) for place, day in enumerate(kept.days)],
    )


class _Says:
    """The words and the address that the days of one kind share: a page has hundreds of them."""

    def __init__(self, kind: str) -> None:
        self.address = addresses.keyed("web:unkept", kind)
        self._kept = _("%(kept)s of %(total)s")
        self._nothing = _("nothing due")

    def kept(self, kept: int, total: int) -> str:
        return self._kept % {"kept": f"{kept:,}", "total": f"{total:,}"}

    def day(self, count: DayCount | None) -> tuple[str, str]:
        """What is said of a day, and where that leads when something was not kept."""
        if count is None or not count.total:
            return self._nothing, ""
        return self.kept(count.kept, count.total), f"{self.address}?day={count.day}" if count.wrong else ""


def _bar(place: int, says: _Says, name: str, count: DayCount | None, most: float) -> Bar:
    if count is None or not count.total:
        return Bar(place * STEP, False, 0.0, 0.0, "", "")
    if not count.wrong:
        return Bar(place * STEP, True, 0.0, 0.0, "", "")
    scale = HIGH / most / count.total
    said, href = says.day(count)
    return Bar(
        x=place * STEP,
        some=True,
        missed=round(count.missed * scale, 1),
        late=round(count.late * scale, 1),
        title=f"{name}: {said}",
        href=href,
    )


def named(day: date) -> str:
    """Mon 2 Mar"""
    return _named(day, get_language())


@lru_cache(maxsize=1024)
def _named(day: date, _language: str | None) -> str:
    return format_date(day, "D j M")


def misses(found: Unkept, viewer: Viewer, now: datetime, tz: ZoneInfo) -> list[Miss]:
    """In the organization's zone, since the days are."""
    if found.cases:
        return [_of_case(case, viewer, now, tz) for case in found.cases]
    return [_of_promise(each, found, viewer, tz) for each in found.promises]


def _of_promise(promise: Expectation, found: Unkept, viewer: Viewer, tz: ZoneInfo) -> Miss:
    case = found.became.get((promise.session_id, promise.person_id))
    if promise.status == ExpectationStatus.LATE and promise.met_at is not None:
        what = _("%(age)s late") % {"age": times.exact(promise.met_at - promise.due_at)}
    else:
        what = _("not at all")
    return Miss(
        at=_moment(promise.due_at, tz),
        session=promise.session.title,
        session_href=reverse("web:session", args=[promise.session.key]),
        who=promise.person.name if promise.person else "",
        what=what,
        missed=promise.status == ExpectationStatus.MISSED,
        **_case(case, viewer),
    )


def _of_case(case: Case, viewer: Viewer, now: datetime, tz: ZoneInfo) -> Miss:
    taken = case.claimed_at is not None
    late = case.noticed_at - case.raised_at > DETECTED_WITHIN
    if late:
        what = _("noticed after %(age)s") % {"age": times.exact(case.noticed_at - case.raised_at)}
    elif taken and case.claim_by and case.claimed_at:
        what = _("taken after %(age)s") % {"age": times.exact(case.claimed_at - case.noticed_at)}
    else:
        waited = (case.over_at or now) - case.noticed_at
        what = _("nobody’s for %(age)s") % {"age": times.age(max(waited, timedelta()))}
    return Miss(
        at=_moment(case.raised_at, tz),
        session=case.session.title if case.session else case.provider,
        session_href=reverse("web:session", args=[case.session.key]) if case.session else "",
        who=why.subject(case, []) if case.person else "",
        what=what,
        missed=not late and not taken,
        **_case(case, viewer),
    )


def _case(case: Case | None, viewer: Viewer) -> dict[str, str]:
    if case is None:
        return {"why": "", "severity": "", "state": "", "case_href": ""}
    mine = case.owner_id == viewer.member
    if case.outcome:
        ended = words.outcome(case.outcome)
    elif case.status == CaseStatus.CLEARED:
        ended = str(CaseStatus.CLEARED.label)
    else:
        ended = str(case.get_status_display())
    return {
        "why": f"{words.kind(case.kind)}: {ended.lower()}",
        "severity": case.severity,
        "state": queue.state_of(case, mine=mine),
        "case_href": reverse("web:case", args=[case.pk]),
    }


def _moment(at: datetime, tz: ZoneInfo) -> str:
    return f"{times.day(at, tz)} {times.hm(at, tz)}"
