"""A case as a strip of the queue: its state, whom it concerns, its deadline, its owner, what comes next."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from callboard.cases.models import Case, CaseStatus
from callboard.people.models import Member
from callboard.web import times, words
from callboard.web.addresses import numbered
from callboard.web.presenters import why
from callboard.web.reads import acts
from callboard.web.reads.queue import Waiting, group, order
from callboard.web.reads.seats import Seat
from callboard.web.strips import Due, Next, Owner, Strip
from callboard.web.viewer import Viewer
from callboard.workflows.actions import kinds

CLOSE = timedelta(minutes=1)
NEW = timedelta(seconds=8)


def strip(case: Case, waiting: Waiting, viewer: Viewer, now: datetime, link: str) -> Strip:
    seats = waiting.seats.get(case.session_id or 0, [])
    mine = case.owner_id == viewer.member
    lies = group(case.owner_id, viewer.member)
    state = state_of(case, mine=mine)
    classes = ["strip", f"tone-{case.severity}"]
    if case.over_at is not None:
        classes.append("is-over")
    elif lies == "others":
        classes.append("is-others")
    elif now - case.noticed_at < NEW and case.owner_id is None:
        classes.append("is-new")
    joiner = "&" if "?" in link else "?"
    who, where = concerned(case, seats, viewer, now)
    return Strip(
        key=str(case.pk),
        id=case.pk,
        severity=case.severity,
        state=state,
        title=words.kind(case.kind),
        age=times.age((case.over_at or now) - case.raised_at),
        since="" if case.over_at else times.iso(case.raised_at),
        session=session_line(case, viewer),
        marks=waiting.lines.get(case.session_id or 0, ()),
        who=who,
        where=where,
        next=_next(case),
        owner=owner_of(case, viewer),
        due=due(case, now),
        group=lies,
        classes=" ".join(classes),
        href=f"{link}{joiner}case={case.pk}",
        page=numbered("web:case", case.pk),
        pane=numbered("web:pane", case.pk),
        version=case.version,
        order=order(case),
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
    return named(case.owner, viewer)


def named(member: Member | None, viewer: Viewer) -> Owner | None:
    if member is None:
        return None
    name = member.user.name or member.user.email
    return Owner(name, times.initials(name), member.pk == viewer.member)


def plain_actions(case: Case, viewer: Viewer) -> list[str]:
    """What a button alone can do about it now."""
    return [name for name in acts.names(case, viewer.access) if not _needs_words(name, case)]


def _needs_words(action: str, case: Case) -> bool:
    known = kinds.kind(action)
    return known is not None and any(
        field.required and not field.default and not (field.about and case.participant)
        for field in known.fields
    )


def due(case: Case, now: datetime) -> Due | None:
    """The deadline that runs: to claim while it is nobody's, to resolve once it is somebody's."""
    if case.over_at is not None:
        return None
    asleep = case.status == CaseStatus.SNOOZED
    until = case.snoozed_until if asleep else case.claim_by if case.owner_id is None else case.resolve_by
    if until is None:
        return None
    if until < now:
        tail = _("overdue")
    elif asleep:
        tail = _("snoozed")
    else:
        tail = _("to claim") if case.owner_id is None else _("to resolve")
    return Due(times.iso(until), times.countdown(until, now), tail, not asleep and until - now < CLOSE)


def _next(case: Case) -> Next | None:
    if case.status == CaseStatus.CLEARED:
        return Next(_("Cleared"), "check")
    if case.over_at is not None:
        return Next(str(case.get_status_display()), "check")
    likeliest = acts.first(case)
    if likeliest is None:
        return None
    named = words.action(likeliest)
    return Next(str(named.text), named.icon)
