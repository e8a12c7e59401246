"""Why a case was raised, in a sentence with names and the viewer's times. No cause without evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callboard.cases.models import Case
from callboard.web import times
from callboard.web.reads.seats import Seat


def subject(case: Case, seats: Sequence[Seat]) -> str:
    """Whom a case is about, by name; what stood on their tile where nobody knows them."""
    if case.person is not None:
        return case.person.name
    named = next((seat.name for seat in seats if seat.key == case.participant), "")
    return named or case.participant


def sentence(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    """The whole of it, without what only the event log knows."""
    write = _SENTENCES.get(case.kind)
    if write is None or (case.session is None and case.kind != "provider_quiet"):
        return case.why
    text = write(case, seats, tz)
    if case.cleared_at is not None and case.over_at is None:
        text += " " + _("It cleared by itself at %(at)s.") % {"at": times.hms(case.cleared_at, tz)}
    return text


def _others(case: Case, seats: Sequence[Seat]) -> str:
    return times.names([times.first(seat.name) for seat in seats if seat.person != case.person_id])


def _instructor(seats: Sequence[Seat]) -> str:
    return next((seat.name for seat in seats if seat.instructor), _("The instructor"))


def _start(case: Case) -> datetime:
    assert case.session is not None
    return case.session.starts_at


def _end(case: Case) -> datetime:
    assert case.session is not None
    return case.session.ends_at


def _instructor_missing(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    learners = [times.first(seat.name) for seat in seats if not seat.instructor]
    text = _("%(name)s was due in by %(due)s and has not been seen.") % {
        "name": subject(case, seats) or _instructor(seats),
        "due": times.hm(case.raised_at, tz),
    }
    if learners:
        text += " " + ngettext("%(names)s is expected.", "%(names)s are expected.", len(learners)) % {
            "names": times.names(learners)
        }
    return text


def _learner_missing(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    return _("%(name)s was due in by %(due)s and has not been seen. The session began at %(start)s.") % {
        "name": subject(case, seats),
        "due": times.hm(case.raised_at, tz),
        "start": times.hm(_start(case), tz),
    }


def _dropped(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    left = case.raised_at - timedelta(seconds=90)
    minutes = max(0, int((_end(case) - case.raised_at).total_seconds() // 60))
    return _(
        "%(name)s left at %(at)s and has not come back. Others are still there, and %(n)d min were left."
    ) % {
        "name": subject(case, seats),
        "at": times.hms(left, tz),
        "n": minutes,
    }


def _room_empty(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    minutes = max(0, int((_end(case) - case.raised_at).total_seconds() // 60))
    return _("Everyone had left by %(at)s, with %(n)d min still planned.") % {
        "at": times.hms(case.raised_at - timedelta(seconds=60), tz),
        "n": minutes,
    }


def _ended_early(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    planned = _end(case) - _start(case)
    return _(
        "The session ended before its time: planned until %(end)s, %(length)s in all. It ended by %(at)s."
    ) % {
        "end": times.hm(_end(case), tz),
        "length": times.age(planned),
        "at": times.hms(case.raised_at, tz),
    }


def _overrun(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    return _("The session was to end at %(end)s, and ten minutes later people were still in.") % {
        "end": times.hm(_end(case), tz)
    }


def _room_not_ready(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    return _("The session starts at %(start)s, and at %(at)s there was no room for it.") % {
        "start": times.hm(_start(case), tz),
        "at": times.hm(case.raised_at, tz),
    }


def _recording_not_started(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    return _("The session has been live since %(at)s and is to be recorded, but no recorder is running.") % {
        "at": times.hms(case.raised_at - timedelta(seconds=60), tz)
    }


def _recording_stalled(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    return _(
        "The recorder had made no progress by %(at)s, and no other recorder is running, while %(name)s teaches. "
        "Every minute now is a minute nobody can watch later."
    ) % {"at": times.hms(case.raised_at, tz), "name": times.first(_instructor(seats))}


def _recording_missing(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    return _("A recorder ran, the session is over, and by %(at)s no file had arrived.") % {
        "at": times.hm(case.raised_at, tz)
    }


def _recording_bad(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    return _(
        "The recording’s file arrived at %(at)s, but it is silent or shorter than what was recorded."
    ) % {"at": times.hms(case.raised_at, tz)}


def _bad_connection(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    return _("%(name)s’s connection has been bad for 20 seconds or more, up to %(at)s.") % {
        "name": subject(case, seats),
        "at": times.hms(case.raised_at, tz),
    }


def _inaudible(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    return _(
        "Nothing has been heard from %(name)s for a minute, and they are not muted. %(others)s are waiting."
    ) % {
        "name": subject(case, seats) or _instructor(seats),
        "others": _others(case, seats) or _("The learners"),
    }


def _stranger(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    return _("“%(name)s” came in at %(at)s and is not on this session’s roster. With them: %(others)s.") % {
        "name": subject(case, seats),
        "at": times.hms(case.raised_at, tz),
        "others": times.names([times.first(seat.name) for seat in seats]) or _("nobody known"),
    }


def _provider_quiet(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    return _("Nothing has come from %(provider)s since %(at)s, though it holds live sessions.") % {
        "provider": case.provider or case.participant or _("the provider"),
        "at": times.hms(case.raised_at - timedelta(seconds=90), tz),
    }


def _unstable(case: Case, seats: Sequence[Seat], tz: ZoneInfo) -> str:
    return _("The same has happened to %(name)s three times within ten minutes, the last at %(at)s.") % {
        "name": subject(case, seats) or _("this session"),
        "at": times.hms(case.raised_at, tz),
    }


_SENTENCES = {
    "instructor_missing": _instructor_missing,
    "learner_missing": _learner_missing,
    "dropped": _dropped,
    "room_empty": _room_empty,
    "ended_early": _ended_early,
    "overrun": _overrun,
    "room_not_ready": _room_not_ready,
    "recording_not_started": _recording_not_started,
    "recording_stalled": _recording_stalled,
    "recording_missing": _recording_missing,
    "recording_bad": _recording_bad,
    "bad_connection": _bad_connection,
    "inaudible": _inaudible,
    "stranger": _stranger,
    "provider_quiet": _provider_quiet,
    "unstable": _unstable,
}
