"""A case as it is drawn: what was expected beside what was seen, the people, the evidence, the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from callboard.cases.models import Case
from callboard.web import times, words
from callboard.web.presenters import deeds, queue, seen, why
from callboard.web.presenters.history import Line, lines
from callboard.web.reads.case import Whole
from callboard.web.reads.seats import Promise, Seat
from callboard.web.strips import Due, Owner
from callboard.web.viewer import Viewer

LEDGER_ROWS = 14


@dataclass(frozen=True)
class Row:
    """A line of the ledger. `state`: past, wrong, now or due."""

    expected: str
    at: str
    seen: str
    state: str


@dataclass(frozen=True)
class Who:
    name: str
    role: str
    where: str
    doing: str
    wrong: bool
    phone: str
    email: str
    href: str


@dataclass(frozen=True)
class Proof:
    at: str
    what: str
    late: str
    id: str
    wrong: bool


@dataclass(frozen=True)
class Act:
    """A button that acts. `key` is the digit that presses it. `sheet`: the form that it opens, where
    something is to be said with it; its fields are fetched from `href` when it opens, since who is free costs
    more than the pane."""

    name: str
    text: str
    icon: str
    key: str
    ending: bool
    href: str
    sheet: str = ""


@dataclass(frozen=True)
class CaseView:
    id: int
    ref: str
    version: int
    severity: str
    state: str
    status: str
    title: str
    age: str
    since: str
    why: str
    session: str
    session_title: str
    session_key: str
    session_href: str
    span: str
    place: str
    queue: str
    zone: str
    mine: bool
    open: bool
    over: bool
    snoozed: bool
    owner: Owner | None
    owned_since: str
    due: Due | None
    acts: list[Act]
    ledger: list[Row]
    people: list[Who]
    proofs: list[Proof]
    rule: str
    history: list[Line]
    before: list[tuple[str, str]]
    outcomes: list[tuple[str, str]]
    clears: bool
    href: str
    claim_href: str
    members: list[tuple[int, str]]
    queues: list[tuple[str, str]]
    incident_href: str
    outsider: bool
    barred: bool
    undo_id: int | None


def view(whole: Whole, viewer: Viewer, now: datetime) -> CaseView:
    case = whole.case
    session = case.session
    mine = case.owner_id == viewer.member
    end = case.over_at or now
    return CaseView(
        id=case.pk,
        ref=f"C-{case.pk}",
        version=case.version,
        severity=case.severity,
        state=queue.state_of(case, mine=mine),
        status=str(case.get_status_display()),
        title=words.kind(case.kind),
        age=times.exact(end - case.raised_at),
        since="" if case.over_at else times.iso(case.raised_at),
        why=why.sentence(case, whole.seats, viewer.tz) + seen.waiting(whole, now),
        session=queue.session_line(case, viewer),
        session_title=session.title if session else "",
        session_key=session.key if session else "",
        session_href=reverse("web:session", args=[session.key]) if session else "",
        span=times.span(session.starts_at, session.ends_at, viewer.tz) if session else "",
        place=_place(case),
        queue=case.queue.name,
        zone=times.city(viewer.tz.key),
        mine=mine,
        open=case.owner_id is None and case.over_at is None,
        over=case.over_at is not None,
        snoozed=case.status == "snoozed",
        owner=queue.owner_of(case, viewer),
        owned_since=times.hms(case.claimed_at, viewer.tz) if case.claimed_at else "",
        due=queue.due(case, now),
        acts=[] if case.over_at is not None else _acts(case, whole.actions),
        ledger=_ledger(whole, viewer, now),
        people=_people(whole, viewer, now),
        proofs=_proofs(whole, viewer),
        rule=whole.rule,
        history=lines(whole.entries, viewer),
        before=[(f"C-{each.pk}", reverse("web:case", args=[each.pk])) for each in whole.before],
        outcomes=[(name, words.outcome(name)) for name in whole.outcomes],
        clears=case.kind not in {"ended_early", "recording_bad"},
        href=reverse("web:case", args=[case.pk]),
        claim_href=reverse("web:case_act", args=[case.pk, "claim"]),
        members=[(pk, name) for pk, name in whole.members if pk != case.owner_id],
        queues=[(slug, name) for slug, name in whole.queues if slug != case.queue.slug],
        incident_href=reverse("web:incident", args=[case.incident_id]) if case.incident_id else "",
        outsider=whole.outsider,
        barred=whole.outsider and case.queue.strict,
        undo_id=whole.undo,
    )


def _place(case: Case) -> str:
    room = getattr(case.session, "room", None) if case.session else None
    if room is None:
        return case.provider
    return " ".join(part for part in (room.provider, room.node or room.region) if part)


def _acts(case: Case, names: list[str]) -> list[Act]:
    acts = []
    for number, name in enumerate(names[:9], start=1):
        named = words.action(name)
        asks = case.session is not None and deeds.asks(name)
        acts.append(
            Act(name, str(named.text), named.icon, str(number), name == "end_session",
                reverse("web:case_act", args=[case.pk, name]), f"{name}-{case.pk}" if asks else "")
        )  # fmt: skip
    return acts


def _ledger(whole: Whole, viewer: Viewer, now: datetime) -> list[Row]:
    """Expected and seen on one column of times; the line that the case is about is wrong."""
    tz, case = viewer.tz, whole.case
    rows: list[tuple[datetime, int, Row]] = []
    by_person = {seat.person: seat for seat in whole.seats}
    wrong_kind, wrong_person = seen.BROKEN.get(case.kind, ""), case.person_id
    marked = False
    for promise in whole.promises:
        wrong = promise.kind == wrong_kind and promise.person in (None, wrong_person)
        marked = marked or wrong
        rows.append((promise.due_at, 0, _promise_row(promise, by_person, wrong, viewer, now)))
    for event in whole.told:
        rows.append((event.at, 1, Row("", times.hm(event.at, tz), seen.phrase(event, whole.names), "past")))
    if case.session is not None:
        started = case.session.starts_at
        rows.append((started, 0, Row(_("Start"), times.hm(started, tz), "", _tense(started, now))))
    if not marked:
        rows.append(
            (case.raised_at, 2, Row("", times.hm(case.raised_at, tz), words.kind(case.kind), "wrong"))
        )
    if case.over_at is None:
        rows.append((now, 3, Row("", times.hms(now, tz), seen.present(whole), "now")))
    rows.sort(key=lambda each: each[:2])
    drawn = [row for _at, _rank, row in rows]
    if len(drawn) > LEDGER_ROWS:
        keep = [i for i, row in enumerate(drawn) if row.state in ("wrong", "now")]
        middle = keep[0] if keep else len(drawn) // 2
        first = max(0, min(middle - LEDGER_ROWS // 2, len(drawn) - LEDGER_ROWS))
        drawn = [
            row
            for i, row in enumerate(drawn)
            if first <= i < first + LEDGER_ROWS or row.state in ("wrong", "now")
        ]
    return drawn


def _tense(at: datetime, now: datetime) -> str:
    return "due" if at > now else "past"


def _promise_row(promise: Promise, seats: dict[int, Seat], wrong: bool, viewer: Viewer, now: datetime) -> Row:
    expected = words.promise(promise.kind)
    seat = seats.get(promise.person or 0)
    if seat is not None and promise.kind == "learner_in":
        expected = _("%(name)s in") % {"name": times.first(seat.name)}
    at = times.hm(promise.due_at, viewer.tz)
    if wrong and promise.status in ("due", "missed"):
        return Row(expected, at, _("Not seen"), "wrong")
    said = {
        "met": _("Kept %(at)s") % {"at": times.hms(promise.met_at, viewer.tz)}
        if promise.met_at
        else _("Kept"),
        "late": _("Late, %(at)s") % {"at": times.hms(promise.met_at, viewer.tz)}
        if promise.met_at
        else _("Late"),
        "missed": _("Missed"),
        "waived": _("Waived, %(why)s") % {"why": words.WAIVED[promise.why]}
        if promise.why in words.WAIVED
        else _("Waived"),
    }.get(promise.status, "")
    return Row(expected, at, said, _tense(promise.due_at, now))


def _people(whole: Whole, viewer: Viewer, now: datetime) -> list[Who]:
    found = []
    for seat in whole.seats:
        spans = whole.presence.get(seat.key, [])
        doing, wrong = seen.doing(seat, spans, whole, now)
        found.append(
            Who(seat.name, _("instructor") if seat.instructor else "",
                times.elsewhere(now, seat.zone or viewer.tz.key, viewer.tz), doing, wrong,
                seat.phone, seat.email, reverse("web:person", args=[seat.person]))
        )  # fmt: skip
    known = {seat.key for seat in whole.seats}
    for identity, spans in whole.presence.items():
        if identity not in known and spans and spans[-1][1] is None:
            found.append(Who(f"“{identity}”", _("not on the roster"), "", _("In the room"), True, "", "", ""))
    return found


def _proofs(whole: Whole, viewer: Viewer) -> list[Proof]:
    return [
        Proof(
            times.hms(event.at, viewer.tz),
            seen.phrase(event, whole.names),
            _("%(n).1f s") % {"n": max(0.0, (event.received_at - event.at).total_seconds())},
            event.id,
            event.id in whole.case.evidence,
        )
        for event in whole.proofs
    ]
