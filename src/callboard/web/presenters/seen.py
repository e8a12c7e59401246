"""What was seen, in words: events as phrases, who is in and who is not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callboard.web import times, words
from callboard.web.reads.case import Whole
from callboard.web.reads.log import Seen
from callboard.web.reads.seats import Seat

BROKEN: dict[str, str] = {
    "room_not_ready": "room_ready",
    "instructor_missing": "instructor_in",
    "learner_missing": "learner_in",
    "ended_early": "lasted",
    "recording_not_started": "recording_running",
    "recording_missing": "file_arrived",
}
"""Which promise a case says is broken."""


def phrase(event: Seen, names: Mapping[str, str]) -> str:
    """An event as a person would tell it."""
    text = words.EVENTS.get(event.kind)
    if text is None:
        return event.kind.replace(".", " ")
    source = str(event.data.get("source") or event.data.get("tool") or "")
    seconds = event.data.get("seconds")
    return str(text) % {
        "who": names.get(event.participant) or f"“{event.participant}”",
        "recorder": event.data.get("recorder") or "",
        "seconds": times.exact(timedelta(seconds=float(seconds))) if isinstance(seconds, int | float) else "",
        "source": str(words.SOURCES.get(source, source)),
        "figures": figures(event),
    }


def figures(event: Seen) -> str:
    """A connection report's figures: "8% lost, 620 ms round trip"."""
    parts = []
    loss, rtt, jitter = (event.data.get(name) for name in ("loss", "rtt_ms", "jitter_ms"))
    if isinstance(loss, int | float):
        parts.append(_("%(n)d%% lost") % {"n": round(loss * 100)})
    if isinstance(rtt, int | float):
        parts.append(_("%(n)d ms round trip") % {"n": round(rtt)})
    if isinstance(jitter, int | float):
        parts.append(_("%(n)d ms jitter") % {"n": round(jitter)})
    direction = event.data.get("direction")
    if direction:
        parts.append(_("upward") if direction == "up" else _("downward"))
    return ", ".join(parts)


def in_now(whole: Whole) -> list[Seat]:
    return [seat for seat in whole.seats if (spans := whole.presence.get(seat.key)) and spans[-1][1] is None]


def present(whole: Whole) -> str:
    """Who is in now, against the roster: "2 of 3 learners in, no instructor"."""
    inside = in_now(whole)
    learners = [seat for seat in whole.seats if not seat.instructor]
    there = sum(1 for seat in inside if not seat.instructor)
    if not whole.seats:
        return ""
    text = ngettext("%(in)d of %(n)d learner in", "%(in)d of %(n)d learners in", len(learners)) % {
        "in": there,
        "n": len(learners),
    }
    if not any(seat.instructor for seat in inside):
        text += ", " + _("no instructor")
    return text


def waiting(whole: Whole, now: datetime) -> str:
    """Who has been waiting since when; said only where the instructor is what is missing."""
    if whole.case.kind != "instructor_missing" or whole.case.over_at is not None:
        return ""
    inside = [seat for seat in in_now(whole) if not seat.instructor]
    if not inside:
        return ""
    since = min(whole.presence[seat.key][-1][0] for seat in inside)
    return " " + ngettext(
        "%(names)s has been waiting for %(age)s.", "%(names)s have been waiting for %(age)s.", len(inside)
    ) % {"names": times.names([times.first(seat.name) for seat in inside]), "age": times.age(now - since)}


def doing(
    seat: Seat, spans: list[tuple[datetime, datetime | None]], whole: Whole, now: datetime
) -> tuple[str, bool]:
    """What someone is doing, and whether that is what is wrong."""
    about = whole.case.person_id == seat.person and whole.case.over_at is None
    if seat.absent_at is not None:
        return _("Marked absent"), False
    if not spans:
        session = whole.case.session
        late = session is not None and now > session.starts_at
        return (_("Not in"), about or (late and seat.instructor)) if late else (_("Due later"), False)
    start, end = spans[-1]
    if end is None:
        return _("In for %(age)s") % {"age": times.age(now - start)}, about and whole.case.kind != "dropped"
    return _("Left %(age)s ago") % {"age": times.age(now - end)}, about


def recorder(name: str, seconds: float, state: str) -> str:
    """What a recorder has done: "Recorder A · 29 min 50 s · stopped"."""
    states = {
        "stopped": _("stopped"),
        "failed": _("failed"),
        "filed": _("file arrived"),
        "running": _("running"),
    }
    parts = [_("Recorder %(name)s") % {"name": name}]
    if seconds:
        parts.append(times.exact(timedelta(seconds=seconds)))
    parts.append(states.get(state, state))
    return " · ".join(parts)
