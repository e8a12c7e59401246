"""The queue as it is drawn: groups of strips, soonest deadline first, and the sums above them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from callboard.cases.models import Case, CaseStatus
from callboard.web import times, words
from callboard.web.presenters import why
from callboard.web.reads import acts
from callboard.web.reads.queue import Waiting
from callboard.web.reads.seats import Seat, line
from callboard.web.viewer import Viewer

CLOSE = timedelta(minutes=1)
NEW = timedelta(seconds=8)
LATEST = datetime.max.replace(tzinfo=UTC)
RANK = {"now": 0, "soon": 1, "watch": 2}


@dataclass(frozen=True)
class Due:
    """A deadline: `text` is what the countdown says now, `tail` what it counts to."""

    at: str
    text: str
    tail: str
    close: bool


@dataclass(frozen=True)
class Owner:
    name: str
    initials: str
    me: bool


@dataclass(frozen=True)
class Next:
    text: str
    icon: str


@dataclass(frozen=True)
class Strip:
    """One case as one strip. `state` is solid, hollow or grey; `group` where it lies."""

    id: int
    severity: str
    state: str
    title: str
    age: str
    since: str
    session: str
    marks: tuple[str, ...]
    who: str
    where: str
    next: Next | None
    owner: Owner | None
    due: Due | None
    group: str
    classes: str
    href: str
    page: str
    version: int


@dataclass(frozen=True)
class Sums:
    now: int
    soon: int
    watch: int
    others: int


@dataclass(frozen=True)
class Board:
    """`groups` are (key, title, strips, how many are not over), without empty ones; `cleared` folded away."""

    groups: list[tuple[str, str, list[Strip], int]]
    cleared: list[Strip]
    sums: Sums
    total: int
    empty: bool


def board(waiting: Waiting, viewer: Viewer, now: datetime, link: str) -> Board:
    """`link` is the queue's address with its filters, to which a strip adds itself."""
    strips = [strip(case, waiting, viewer, now, link) for case in (*waiting.cases, *waiting.over)]
    by_group: dict[str, list[Strip]] = {"nobody": [], "yours": [], "others": []}
    cases = {case.pk: case for case in (*waiting.cases, *waiting.over)}
    for each in strips:
        by_group[each.group].append(each)
    for group in by_group.values():
        group.sort(key=lambda each: _order(cases[each.id]))
    titles = {"nobody": _("Nobody has these"), "yours": _("Yours"), "others": _("With others")}
    standing = waiting.cases
    ours = [case for case in standing if case.owner_id in (None, viewer.member)]
    free = [case for case in standing if case.owner_id is None]
    by_severity = Counter(case.severity for case in ours)
    sums = Sums(
        now=by_severity["now"],
        soon=by_severity["soon"],
        watch=by_severity["watch"],
        others=sum(1 for case in standing if case.owner_id not in (None, viewer.member)),
    )
    return Board(
        groups=[
            (key, titles[key], found, sum(1 for each in found if each.due is not None))
            for key, found in by_group.items()
            if found
        ],
        cleared=[strip(case, waiting, viewer, now, link) for case in waiting.cleared],
        sums=sums,
        total=len(free),
        empty=not strips,
    )


def _order(case: Case) -> tuple[datetime, int, datetime]:
    deadline = case.claim_by if case.owner_id is None else case.resolve_by
    return deadline or LATEST, RANK.get(case.severity, 3), case.raised_at


def strip(case: Case, waiting: Waiting, viewer: Viewer, now: datetime, link: str) -> Strip:
    seats = waiting.seats.get(case.session_id or 0, [])
    mine = case.owner_id == viewer.member
    group = "nobody" if case.owner_id is None else "yours" if mine else "others"
    state = state_of(case, mine=mine)
    classes = ["strip", f"tone-{case.severity}"]
    if case.over_at is not None:
        classes.append("is-over")
    elif group == "others":
        classes.append("is-others")
    elif now - case.noticed_at < NEW and case.owner_id is None:
        classes.append("is-new")
    joiner = "&" if "?" in link else "?"
    who, where = concerned(case, seats, viewer, now)
    return Strip(
        id=case.pk,
        severity=case.severity,
        state=state,
        title=words.kind(case.kind),
        age=times.age((case.over_at or now) - case.raised_at),
        since="" if case.over_at else times.iso(case.raised_at),
        session=session_line(case, viewer),
        marks=line(waiting.promises.get(case.session_id or 0, []), now),
        who=who,
        where=where,
        next=_next(case),
        owner=owner_of(case, viewer),
        due=due(case, now),
        group=group,
        classes=" ".join(classes),
        href=f"{link}{joiner}case={case.pk}",
        page=reverse("web:case", args=[case.pk]),
        version=case.version,
    )


def state_of(case: Case, *, mine: bool) -> str:
    """Solid while it is nobody's (or yours to do), hollow in hand or recovering, grey when over."""
    if case.over_at is not None:
        return "grey"
    if case.cleared_at is not None or (case.owner_id is not None and not mine):
        return "hollow"
    return "solid"


def session_line(case: Case, viewer: Viewer) -> str:
    if case.session is None:
        return case.provider or ""
    session = case.session
    return f"{session.title} · {times.span(session.starts_at, session.ends_at, viewer.tz)}"


def concerned(case: Case, seats: list[Seat], viewer: Viewer, now: datetime) -> tuple[str, str]:
    """Whom it concerns, and the clock where they are."""
    if case.participant or case.person_id is not None:
        name = why.subject(case, seats)
        zone = case.person.zone if case.person is not None else ""
        if case.kind == "stranger" and case.person is None:
            others = [times.first(seat.name) for seat in seats if not seat.instructor][:2]
            return f"“{name}”", _("with %(names)s") % {"names": ", ".join(others)} if others else ""
        return name, times.elsewhere(now, zone or viewer.tz.key, viewer.tz)
    lead = next((seat for seat in seats if seat.instructor), None) or (seats[0] if seats else None)
    if lead is None:
        return "", ""
    rest = len(seats) - 1
    name = f"{lead.name} +{rest}" if rest else lead.name
    return name, times.elsewhere(now, lead.zone or viewer.tz.key, viewer.tz)


def owner_of(case: Case, viewer: Viewer) -> Owner | None:
    if case.owner is None:
        return None
    name = case.owner.user.name or case.owner.user.email
    return Owner(name, times.initials(name), case.owner_id == viewer.member)


def due(case: Case, now: datetime) -> Due | None:
    """The deadline that runs: to claim while it is nobody's, to resolve once it is somebody's."""
    if case.over_at is not None:
        return None
    if case.status == CaseStatus.SNOOZED:
        until, tail = case.snoozed_until, _("snoozed")
    elif case.owner_id is None:
        until, tail = case.claim_by, _("to claim")
    else:
        until, tail = case.resolve_by, _("to resolve")
    if until is None:
        return None
    close = case.status != CaseStatus.SNOOZED and until - now < CLOSE
    return Due(times.iso(until), times.countdown(until, now), _("overdue") if until < now else tail, close)


def _next(case: Case) -> Next | None:
    if case.status == CaseStatus.CLEARED:
        return Next(_("Cleared"), "check")
    if case.over_at is not None:
        return Next(str(case.get_status_display()), "check")
    names = acts.names(case)
    if not names:
        return None
    named = words.action(names[0])
    return Next(str(named.text), named.icon)
