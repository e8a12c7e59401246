"""A session's page, and rows of lists of sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from callboard.cases.models import Case
from callboard.sessions.models import Session, SessionStatus
from callboard.web import times, words
from callboard.web.presenters import queue, routes, seen, ways_in, why
from callboard.web.reads.seats import Seat, line
from callboard.web.reads.session import Listed
from callboard.web.reads.story import Story
from callboard.web.strips import Due, Owner
from callboard.web.viewer import Viewer


@dataclass(frozen=True)
class Standing:
    """A case of the session that is not over."""

    severity: str
    state: str
    title: str
    why: str
    due: Due | None
    owner: Owner | None
    href: str


@dataclass(frozen=True)
class Moment:
    """A line of the table that says what the axis draws."""

    at: str
    lane: str
    what: str
    wrong: str


@dataclass(frozen=True)
class SessionView:
    key: str
    title: str
    day: str
    span: str
    left: str
    sub: str
    status: str
    standing: list[Standing]
    moments: list[Moment]
    timeline: str
    room_url: str
    links: str


@dataclass(frozen=True)
class Row:
    key: str
    title: str
    day: str
    span: str
    instructor: str
    learners: str
    status: str
    live: bool
    marks: tuple[str, ...]
    cases: list[tuple[str, str, str]]
    href: str
    attendance: str = ""


def view(story: Story, viewer: Viewer, now: datetime) -> SessionView:
    session = story.session
    tz = viewer.tz
    room = getattr(session, "room", None)
    instructor = next((seat.name for seat in story.seats if seat.instructor), "")
    learners = times.names([times.first(seat.name) for seat in story.seats if not seat.instructor], 5)
    parts = [_("%(name)s with %(learners)s") % {"name": instructor, "learners": learners}
             if instructor and learners else instructor or learners]  # fmt: skip
    if viewer.is_staff and room is not None:
        parts.append(
            " ".join(part for part in (routes.provider(room.provider), room.node or room.region) if part)
        )
    parts.append(_recording(story, viewer))
    return SessionView(
        key=session.key,
        title=session.title,
        day=times.day(session.starts_at, tz),
        span=times.span(session.starts_at, session.ends_at, tz),
        left=_left(session, now, viewer),
        sub=" · ".join(part for part in parts if part),
        status=str(session.get_status_display()),
        standing=[_standing(case, story.seats, viewer, now) for case in story.cases if case.over_at is None]
        if viewer.is_staff
        else [],
        moments=_moments(story, viewer),
        timeline=reverse("web:session_timeline", args=[session.key]),
        room_url=room.url if room is not None else "",
        links=reverse("web:session_links", args=[session.key]) if session.status in ways_in.COMING else "",
    )


def _recording(story: Story, viewer: Viewer) -> str:
    """Whether it is recorded, or why not; who has not agreed is told to staff alone."""
    session = story.session
    if session.recording_wanted:
        return _("to be recorded")
    if not session.consents_missing:
        return _("not recorded")
    why = session.recording_refusal
    names = times.names(story.lacking) if viewer.is_staff else ""
    if names:
        why = _("Not recorded: no consent of %(names)s.") % {"names": names}
    if session.barred_at is not None and session.started_at is not None:
        since = times.hms(session.barred_at, viewer.tz)
        why = _("%(why)s Nothing is since %(at)s.") % {"why": why, "at": since}
    return why


def _left(session: Session, now: datetime, viewer: Viewer) -> str:
    if session.status == SessionStatus.CANCELLED:
        return _("cancelled")
    if session.status == SessionStatus.ENDED and session.ended_at:
        return _("ended %(at)s") % {"at": times.hm(session.ended_at, viewer.tz)}
    if now < session.starts_at:
        return _("starts in %(age)s") % {"age": times.age(session.starts_at - now)}
    if now < session.ends_at:
        return _("%(age)s left") % {"age": times.age(session.ends_at - now)}
    return _("%(age)s over its time") % {"age": times.age(now - session.ends_at)}


def _standing(case: Case, seats: list[Seat], viewer: Viewer, now: datetime) -> Standing:
    return Standing(
        case.severity,
        queue.state_of(case, mine=case.owner_id == viewer.member),
        words.kind(case.kind),
        why.sentence(case, seats, viewer.tz),
        queue.due(case, now),
        queue.owner_of(case, viewer),
        reverse("web:case", args=[case.pk]),
    )


def _moments(story: Story, viewer: Viewer) -> list[Moment]:
    tz = viewer.tz
    rows: list[tuple[datetime, Moment]] = []
    for event in story.told:
        lane = story.names.get(event.participant) or (
            _("Recording") if "recording" in event.kind else _("Room")
        )
        rows.append((event.at, Moment(times.hms(event.at, tz), lane, seen.phrase(event, story.names), "")))
    said = {
        "met": _("kept"),
        "late": _("kept late"),
        "missed": _("missed"),
        "due": _("due"),
        "waived": _("waived"),
    }
    for promise in story.promises:
        at = promise.met_at or promise.due_at
        text = f"{words.promise(promise.kind)}: {said.get(promise.status, promise.status)}"
        if promise.status == "waived" and promise.why in words.WAIVED:
            text = f"{text}, {words.WAIVED[promise.why]}"
        rows.append(
            (at, Moment(times.hms(at, tz), _("Promise"), text, "soon" if promise.status == "missed" else ""))
        )
    if viewer.is_staff:
        for case in story.cases:
            text = _("%(title)s, raised") % {"title": words.kind(case.kind)}
            rows.append(
                (case.raised_at, Moment(times.hms(case.raised_at, tz), _("Case"), text, case.severity))
            )
            if case.cleared_at:
                text = _("%(title)s, cleared") % {"title": words.kind(case.kind)}
                rows.append((case.cleared_at, Moment(times.hms(case.cleared_at, tz), _("Case"), text, "")))
    rows.sort(key=lambda row: row[0])
    return [moment for _at, moment in rows]


def rows(listed: Listed, viewer: Viewer, now: datetime) -> list[Row]:
    found = []
    for session in listed.sessions:
        seats = listed.seats.get(session.pk, [])
        cases = listed.cases.get(session.pk, []) if viewer.is_staff else []
        found.append(
            Row(
                session.key,
                session.title,
                times.day(session.starts_at, viewer.tz),
                times.span(session.starts_at, session.ends_at, viewer.tz),
                next((seat.name for seat in seats if seat.instructor), ""),
                times.names([times.first(seat.name) for seat in seats if not seat.instructor], 4),
                str(session.get_status_display()),
                session.status == SessionStatus.LIVE,
                line(listed.promises.get(session.pk, []), now),
                [
                    (
                        case.severity,
                        queue.state_of(case, mine=case.owner_id == viewer.member),
                        words.kind(case.kind),
                    )
                    for case in cases
                ],
                reverse("web:session", args=[session.key]),
            )
        )
    return found


def soon(now: datetime) -> tuple[datetime, datetime]:
    return now, now + timedelta(minutes=30)
