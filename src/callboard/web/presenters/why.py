"""Why a case was raised, in a sentence with names and the viewer's times. No cause without evidence.

A case holds a key and parameters as its rule gave them; here names stand for ids and local times for stamps.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from callboard.cases.models import Case
from callboard.web import times
from callboard.web.reads.seats import Seat

SENTENCES = {
    "room_not_ready": gettext_lazy(
        "The session starts at %(start)s, and by %(due)s there was no room for it."
    ),
    "instructor_missing": gettext_lazy("%(who)s was due in by %(due)s and has not been seen."),
    "learner_missing": gettext_lazy(
        "%(who)s was due in by %(due)s and has not been seen. The session began at %(start)s."
    ),
    "dropped": gettext_lazy("%(who)s left at %(left)s and has not come back. Others are still there."),
    "room_empty": gettext_lazy("Everyone had left by %(left)s, with %(remaining)s still planned."),
    "ended_early": gettext_lazy(
        "The session ended at %(ended)s with %(missing)s missing of the %(planned)s planned."
    ),
    "overrun": gettext_lazy(
        "The session was to end at %(ends)s, and ten minutes later people were still in."
    ),
    "recording_not_started": gettext_lazy(
        "The session has been live since %(live)s and is to be recorded, but no recorder has run."
    ),
    "recording_stopped": gettext_lazy(
        "Recorder %(recorder)s stopped at %(since)s, and no other is running while %(instructor)s teaches. "
        "Every minute now is a minute nobody can watch later."
    ),
    "recording_stuck": gettext_lazy(
        "Recorder %(recorder)s has shown no progress since %(since)s, and no other is running while "
        "%(instructor)s teaches. Every minute now is a minute nobody can watch later."
    ),
    "recording_missing": gettext_lazy(
        "It was recorded and ended at %(ended)s, and half an hour later no file has arrived."
    ),
    "recording_silent": gettext_lazy("The file of recorder %(recorder)s arrived, and is silent throughout."),
    "recording_short": gettext_lazy(
        "The file of recorder %(recorder)s holds %(got)s of the %(recorded)s recorded."
    ),
    "bad_connection": gettext_lazy("%(who)s’s connection (%(direction)s) has been bad for %(length)s."),
    "no_microphone": gettext_lazy(
        "%(who)s has had no microphone for %(length)s of the session. %(others)s cannot hear them."
    ),
    "dead_microphone": gettext_lazy(
        "%(who)s’s microphone is open and not muted, and nothing has come through it for %(length)s."
    ),
    "stranger": gettext_lazy(
        "“%(who)s” came in at %(raised)s and is not on this session’s roster. With them: %(everyone)s."
    ),
    "provider_quiet": gettext_lazy(
        "Nothing has come from %(provider)s since %(since)s, though it holds live sessions."
    ),
    "room_lost": gettext_lazy("The server that held the room is gone, and the room with it."),
    "room_lost_at": gettext_lazy("Server %(node)s is gone, and the room with it."),
    "consent_unanswered": gettext_lazy(
        "Nobody has said yet whether %(who)s may be recorded. Until they do, no session of theirs is."
    ),
    "consent_unreachable": gettext_lazy(
        "Nobody has said yet whether %(who)s may be recorded, and nobody who could has a mail address."
    ),
    "still_recorded": gettext_lazy(
        "Not everyone in this session agrees to being recorded, and a recorder runs on nevertheless."
    ),
    "unstable": gettext_lazy(
        "The same has happened to %(who)s three times in ten minutes, the last at %(last)s."
    ),
}
ALIASES = {
    "recording_stalled": "recording_stuck",
    "recording_bad": "recording_short",
    "inaudible": "dead_microphone",
}
"""What a kind says where its case names no key."""


def subject(case: Case, seats: Sequence[Seat]) -> str:
    """Whom a case is about, by name; what stood on their tile where nobody knows them."""
    if case.person is not None:
        return case.person.name
    named = next((seat.name for seat in seats if seat.key == case.participant), "")
    return named or case.participant


def sentence(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    """Why, and that it has cleared since where it has. What has no sentence here says what its rule said."""
    key = str(case.details.get("key") or ALIASES.get(case.kind, case.kind))
    written = SENTENCES.get(key)
    if written is None:
        return case.why
    text = str(written) % _filled(case, seats, tz)
    if case.kind == "instructor_missing":
        text += _expected(seats)
    if case.cleared_at is not None and case.over_at is None:
        text += " " + _("It cleared by itself at %(at)s.") % {"at": times.hms(case.cleared_at, tz)}
    return text


def _filled(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> dict[str, str]:
    """Every parameter that a sentence may use: those of the case, else what its row lets one say."""
    raised, session = case.raised_at, case.session
    learners = [times.first(seat.name) for seat in seats if not seat.instructor]
    instructor = next((times.first(seat.name) for seat in seats if seat.instructor), _("the instructor"))
    usual: dict[str, Any] = {
        "who": subject(case, seats) or _("this session"),
        "instructor": instructor,
        "others": times.names(learners) or _("The learners"),
        "everyone": times.names([times.first(seat.name) for seat in seats]) or _("nobody known"),
        "provider": case.provider or _("the provider"),
        "node": _("the server"),
        "raised": raised,
        "due": raised,
        "left": raised - timedelta(seconds=90 if case.kind == "dropped" else 60),
        "since": raised - timedelta(seconds=120),
        "live": raised - timedelta(seconds=60),
        "last": raised,
        "ended": raised,
        "length": times.age(timedelta(seconds=60)),
        "direction": "up",
        "recorder": "",
        "start": session.starts_at if session else raised,
        "ends": session.ends_at if session else raised,
        "planned": times.age(session.ends_at - session.starts_at) if session else "",
        "remaining": times.age(session.ends_at - raised) if session else "",
        "missing": times.age(session.ends_at - raised) if session else "",
        "got": _("less"),
        "recorded": _("length"),
    }
    given = case.details.get("params")
    usual |= given if isinstance(given, dict) else {}
    usual["direction"] = _("upward") if usual["direction"] == "up" else _("downward")
    return {name: _said(name, value, tz) for name, value in usual.items()}


def _said(name: str, value: Any, tz: ZoneInfo) -> str:
    """A parameter in words: a moment to the minute where it was planned, to the second where it was seen."""
    moment = value if isinstance(value, datetime) else _moment(value)
    if moment is None:
        return str(value)
    return times.hm(moment, tz) if name in ("due", "start", "ends") else times.hms(moment, tz)


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or not value.endswith("Z") or "T" not in value:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _expected(seats: Sequence[Seat]) -> str:
    learners = [times.first(seat.name) for seat in seats if not seat.instructor]
    if not learners:
        return ""
    return " " + ngettext("%(names)s is expected.", "%(names)s are expected.", len(learners)) % {
        "names": times.names(learners)
    }
