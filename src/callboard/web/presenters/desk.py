"""One's desk as it is drawn: mentions, what is held, hand-overs, touches by week, the audit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from callboard.cases.models import Case, HandOver, Mention
from callboard.cases.queries import Line, Week
from callboard.cases.queries.audit import READ
from callboard.cases.touching import DEEDS, per_thousand
from callboard.web import times, words
from callboard.web.presenters import queue
from callboard.web.strips import Due
from callboard.web.viewer import Viewer

RECENT = 6
"""So many weeks stand side by side."""


@dataclass(frozen=True)
class MentionRow:
    href: str
    title: str
    session: str
    reason: str
    by: str
    text: str
    at: str
    new: bool


@dataclass(frozen=True)
class HeldRow:
    href: str
    severity: str
    state: str
    title: str
    session: str
    age: str
    due: Due | None
    last: str


@dataclass(frozen=True)
class HandOverRow:
    at: str
    giver: str
    taker: str
    text: str
    cases: list[tuple[str, str]]


@dataclass(frozen=True)
class AuditRow:
    at: str
    who: str
    what: str
    ref: str
    href: str
    kind: str
    undone: bool


@dataclass(frozen=True)
class WeekRow:
    """`part` is its rate of the highest, 0 to 100."""

    start: str
    sessions: int
    touches: int
    rate: str
    part: int


@dataclass(frozen=True)
class KindRow:
    """Over all the weeks: how often, and per 1,000 sessions; `weeks` the latter in each of the last few."""

    title: str
    touches: int
    rate: str
    weeks: list[str]


@dataclass(frozen=True)
class Touches:
    """`kinds`: most first. `recent` are the last few weeks, by which they are told too."""

    rate: str
    before: str
    weeks: list[WeekRow]
    recent: list[str]
    kinds: list[KindRow]
    empty: bool


def mentions(rows: Iterable[Mention], viewer: Viewer, now: datetime) -> list[MentionRow]:
    found = []
    for each in rows:
        actor = each.entry.actor
        found.append(
            MentionRow(
                reverse("web:case", args=[each.case_id]),
                words.kind(each.case.kind),
                queue.session_line(each.case, viewer),
                str(each.get_reason_display()),
                (actor.user.name or actor.user.email) if actor is not None else "",
                each.entry.text,
                times.when(each.at, viewer.tz, now),
                each.read_at is None,
            )
        )
    return found


def held(rows: Iterable[Case], viewer: Viewer, now: datetime) -> list[HeldRow]:
    cases = list(rows)
    return [
        HeldRow(
            reverse("web:case", args=[case.pk]),
            case.severity,
            queue.state_of(case, mine=case.owner_id == viewer.member),
            words.kind(case.kind),
            queue.session_line(case, viewer),
            times.age(now - case.raised_at),
            queue.due(case, now),
            str(case.get_status_display()) if case.status == "snoozed" else "",
        )
        for case in cases
    ]


def hand_overs(rows: Iterable[HandOver], viewer: Viewer, now: datetime) -> list[HandOverRow]:
    return [
        HandOverRow(
            times.when(row.at, viewer.tz, now),
            row.giver.user.name or row.giver.user.email,
            (row.taker.user.name or row.taker.user.email) if row.taker is not None else _("the queue"),
            row.text,
            [(f"C-{pk}", reverse("web:case", args=[pk])) for pk in row.cases],
        )
        for row in rows
    ]


def audit(lines: Iterable[Line], viewer: Viewer, now: datetime) -> list[AuditRow]:
    found = []
    for line in lines:
        what = (
            words.action(line.action).text if line.action and line.kind == "acted" else words.entry(line.kind)
        )
        found.append(
            AuditRow(
                f"{times.when(line.at, viewer.tz, now)}",
                line.member.user.name or line.member.user.email,
                str(what),
                f"C-{line.case}",
                reverse("web:case", args=[line.case]),
                words.kind(line.case_kind),
                line.undone_at is not None,
            )
        )
    return found


def audit_kinds() -> list[tuple[str, str]]:
    """What an audit can be narrowed to."""
    return [(kind, words.entry(kind)) for kind in (READ, *DEEDS)]


def touches(weeks: Sequence[Week]) -> Touches:
    most = max((week.rate or 0 for week in weeks), default=0)
    kinds: Counter[str] = Counter()
    for week in weeks:
        kinds.update(week.by_kind)
    sessions = sum(week.sessions for week in weeks)
    full = weeks[:-1]
    last = full[-1] if full else None
    return Touches(
        rate=_rate(weeks[-1].rate),
        before=_rate(last.rate) if last is not None else "",
        weeks=[
            WeekRow(
                date_format(week.start, "j M"), week.sessions, week.touches, _rate(week.rate),
                round(100 * (week.rate or 0) / most) if most else 0,
            )
            for week in reversed(weeks)
        ],
        recent=[date_format(week.start, "j M") for week in weeks[-RECENT:]],
        kinds=[
            KindRow(
                words.kind(kind), count, _rate(per_thousand(count, sessions)),
                [_rate(per_thousand(week.by_kind[kind], week.sessions)) for week in weeks[-RECENT:]],
            )
            for kind, count in kinds.most_common()
        ],
        empty=not any(week.touches or week.sessions for week in weeks),
    )  # fmt: skip


def _rate(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.1f}" if rate < 10 else f"{rate:.0f}"
