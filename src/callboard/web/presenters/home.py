"""The day of whoever teaches or learns, and a family's, in plain words without the terms of cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callboard.people import queries as people
from callboard.people.models import Guardianship, Role
from callboard.sessions.models import Session, SessionStatus
from callboard.sessions.ports import ENTER, providers
from callboard.web import times
from callboard.web.reads import log
from callboard.web.reads import session as reads
from callboard.web.reads.seats import Seat, promises, seats
from callboard.web.viewer import Viewer

NEAR = timedelta(minutes=15)


@dataclass(frozen=True)
class Step:
    """A line of what happened: `state` kept, missed or due."""

    at: str
    text: str
    state: str


@dataclass(frozen=True)
class Now:
    """The session that is on, or the next. `lead` says which; `call`, that one is missing there."""

    lead: str
    title: str
    span: str
    say: str
    steps: list[Step]
    join: str
    href: str
    call: str = ""


@dataclass(frozen=True)
class Lesson:
    at: str
    title: str
    who: str
    day: str
    href: str
    off: bool


@dataclass(frozen=True)
class Day:
    date: str
    now: Now | None
    later: list[Lesson]


@dataclass(frozen=True)
class Child:
    name: str
    now: Now | None
    next: list[Lesson]


@dataclass(frozen=True)
class Family:
    date: str
    children: list[Child]


def day(rows: QuerySet[Session], viewer: Viewer, now: datetime) -> Day:
    coming = list(
        rows.filter(ends_at__gt=now - timedelta(minutes=10))
        .exclude(status__in=[SessionStatus.CANCELLED, SessionStatus.ENDED])
        .select_related("room")
        .order_by("starts_at")[:12]
    )
    rosters = seats([session.pk for session in coming])
    first, rest = (coming[0], coming[1:]) if coming else (None, [])
    return Day(
        times.long_day(now, viewer.tz),
        _now(first, rosters.get(first.pk, []), viewer, now, "") if first else None,
        [_lesson(session, rosters.get(session.pk, []), viewer, now) for session in rest],
    )


def family(viewer: Viewer, now: datetime) -> Family:
    wards = Guardianship.objects.filter(guardian_id=viewer.person).select_related("student")
    children = []
    for ward in wards.order_by("student__name"):
        mine = reads.of_people(people.records_of([ward.student_id]))
        coming = list(
            mine.filter(ends_at__gt=now - timedelta(minutes=10))
            .exclude(status__in=[SessionStatus.ENDED])
            .select_related("room")
            .order_by("starts_at")[:6]
        )
        rosters = seats([session.pk for session in coming])
        on = next(
            (
                each
                for each in coming
                if each.starts_at <= now + NEAR and each.status != SessionStatus.CANCELLED
            ),
            None,
        )
        children.append(
            Child(
                times.first(ward.student.name),
                _now(on, rosters.get(on.pk, []), viewer, now, ward.student.name) if on else None,
                [_lesson(each, rosters.get(each.pk, []), viewer, now) for each in coming if each is not on],
            )
        )
    return Family(times.long_day(now, viewer.tz), children)


def lessons(viewer: Viewer, now: datetime) -> list[tuple[str, list[Lesson]]]:
    """The coming weeks and the past one, by day."""
    rows = reads.of_people(people.own_people(viewer.access))
    found = list(
        rows.filter(starts_at__gt=now - timedelta(days=7), starts_at__lt=now + timedelta(days=21)).order_by(
            "starts_at"
        )[:200]
    )
    rosters = seats([session.pk for session in found])
    days: dict[str, list[Lesson]] = {}
    for session in found:
        lesson = _lesson(session, rosters.get(session.pk, []), viewer, now)
        days.setdefault(times.long_day(session.starts_at, viewer.tz), []).append(lesson)
    return list(days.items())


def _lesson(session: Session, roster: list[Seat], viewer: Viewer, now: datetime) -> Lesson:
    return Lesson(
        times.hm(session.starts_at, viewer.tz),
        session.title,
        _with(roster, viewer),
        times.long_day(session.starts_at, viewer.tz),
        reverse("web:session", args=[session.key]),
        session.status == SessionStatus.CANCELLED,
    )


def _with(roster: list[Seat], viewer: Viewer) -> str:
    """Families are told who teaches; whoever teaches, who learns."""
    if viewer.role == Role.INSTRUCTOR:
        return times.names([times.first(seat.name) for seat in roster if not seat.instructor])
    lead = next((seat.name for seat in roster if seat.instructor), "")
    return _("with %(name)s") % {"name": lead} if lead else ""


def _now(session: Session, roster: list[Seat], viewer: Viewer, now: datetime, child: str) -> Now:
    span = times.span(session.starts_at, session.ends_at, viewer.tz)
    if session.starts_at <= now:
        lead = _("Now, until %(at)s") % {"at": times.hm(session.ends_at, viewer.tz)}
    elif session.starts_at - now < timedelta(hours=2):
        lead = _("Next, in %(age)s") % {"age": times.age(session.starts_at - now)}
    else:
        lead = _("Next, %(when)s") % {"when": times.when(session.starts_at, viewer.tz, now)}
    seen = log.events(session.key, log.TELLING) if session.starts_at <= now + NEAR else []
    presence = log.presence(seen)
    own = next((seat for seat in roster if seat.name == child), None)
    lead_seat = next((seat for seat in roster if seat.instructor), None)
    inside = bool(own and (spans := presence.get(own.key)) and spans[-1][1] is None)
    title = session.title
    if child and inside:
        title = _("%(name)s is in %(title)s") % {"name": times.first(child), "title": session.title}
    elif child:
        title = _("%(name)s has %(title)s") % {"name": times.first(child), "title": session.title}
    return Now(
        lead,
        title,
        span,
        _say(lead_seat, presence, session, viewer, now) if child else _with_line(roster, viewer, span),
        _steps(seen, own, lead_seat, session, viewer, now) if child else [],
        _join(session, viewer, now),
        reverse("web:session", args=[session.key]),
        "" if child else _call(roster, presence, session, viewer, now),
    )


def _call(
    roster: list[Seat],
    presence: dict[str, list[tuple[datetime, datetime | None]]],
    session: Session,
    viewer: Viewer,
    now: datetime,
) -> str:
    """That it has begun without them, to whoever has this page open."""
    inside = {key for key, spans in presence.items() if spans and spans[-1][1] is None}
    own = next((seat for seat in roster if seat.person == viewer.person), None)
    if own is None or own.key in inside or not session.starts_at <= now < session.ends_at:
        return ""
    waiting = [times.first(seat.name) for seat in roster if seat.key in inside]
    since = {"at": times.hm(session.starts_at, viewer.tz), "names": times.names(waiting)}
    if not waiting:
        return _("You are expected since %(at)s.") % since
    return (
        ngettext(
            "You are expected since %(at)s. %(names)s is waiting.",
            "You are expected since %(at)s. %(names)s are waiting.",
            len(waiting),
        )
        % since
    )


def _join(session: Session, viewer: Viewer, now: datetime) -> str:
    """Where one goes in: by the door where the provider lets people in there, else by the room's address."""
    room = getattr(session, "room", None)
    if providers.can(session.provider, ENTER):
        return reverse("web:join", args=[session.key]) if session.starts_at <= now + NEAR else ""
    return room.url if room is not None and room.url and viewer.role != Role.GUARDIAN else ""


def _with_line(roster: list[Seat], viewer: Viewer, span: str) -> str:
    who = _with(roster, viewer)
    if viewer.role == Role.INSTRUCTOR and who:
        who = _("with %(names)s") % {"names": who}
    return f"{span} {who}".strip()


def _say(
    lead: Seat | None,
    presence: dict[str, list[tuple[datetime, datetime | None]]],
    session: Session,
    viewer: Viewer,
    now: datetime,
) -> str:
    """One plain sentence about how it goes. No cause without evidence, and no terms of ours."""
    if lead is None or session.starts_at > now:
        return _("It has not begun.") if session.starts_at > now else ""
    spans = presence.get(lead.key, [])
    if not spans:
        return _("%(name)s is not there yet. We are on it.") % {"name": lead.name}
    if spans[-1][1] is not None and now < session.ends_at:
        return _("%(name)s has stepped out for a moment. We have noticed.") % {"name": lead.name}
    began = max(spans[0][0], session.starts_at)
    return _("%(name)s is there, and it began at %(at)s.") % {
        "name": lead.name,
        "at": times.hm(began, viewer.tz),
    }


def _steps(
    seen: list[log.Seen], own: Seat | None, lead: Seat | None, session: Session, viewer: Viewer, now: datetime
) -> list[Step]:
    told = {seat.key: seat.name for seat in (own, lead) if seat is not None}
    steps: list[tuple[datetime, Step]] = []
    for event in seen:
        name = times.first(told.get(event.participant, ""))
        if not name:
            continue
        text = _("%(name)s is in") if event.kind == "participant.joined" else _("%(name)s left")
        if event.kind in ("participant.joined", "participant.left"):
            steps.append((event.at, Step(times.hm(event.at, viewer.tz), text % {"name": name}, "kept")))
    for promise in promises([session.pk]).get(session.pk, []):
        if promise.status == "missed" and promise.kind == "instructor_in" and lead is not None:
            text = _("We could not reach %(name)s") % {"name": times.first(lead.name)}
            steps.append((promise.due_at, Step(times.hm(promise.due_at, viewer.tz), text, "missed")))
    if session.ends_at > now:
        steps.append((session.ends_at, Step(times.hm(session.ends_at, viewer.tz), _("Ends"), "due")))
    steps.sort(key=lambda step: step[0])
    return [step for _at, step in steps[-8:]]
