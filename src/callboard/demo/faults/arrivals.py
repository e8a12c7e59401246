"""What goes wrong with the room and with who is to come: no room, a lost one, no instructor, no learner."""

from __future__ import annotations

import random
from dataclasses import replace

from callboard.demo.faults.fault import RULES, Due, Staged, ms, of
from callboard.demo.play.cast import record
from callboard.demo.play.script import MINUTE, SECOND, Part, Script
from callboard.demo.play.spans import Span, touches


def no_room(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """The provider has no room for it until shortly before the start."""
    due = script.starts - ms(RULES.room_ready_before_s)
    first_join = min(part.stays[0][0] for part in script.parts if part.stays)
    if not window[0] < due < window[1] or touches(script.taken, (due, script.starts)):
        return None
    ready = min(due + rng.randint(MINUTE, 9 * MINUTE), first_join - 20 * SECOND)
    if ready <= due:
        return None
    fault = of(script, "no_room", due, Due.at("room_not_ready", None, due))
    return replace(script, ready=ready).taking((due, ready)), fault


def room_lost(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """In mid-lesson its server is gone; another room is open within the minute."""
    for start, end in script.live():
        first, last = max(start + MINUTE, window[0]), min(end - 3 * MINUTE, window[1])
        if first < last:
            gone = rng.randint(first, last)
            span = (gone, gone + rng.randint(10 * SECOND, 50 * SECOND))
            if not touches(script.taken, span, 40 * SECOND):
                fault = of(script, "room_lost", gone, Due.at("room_lost", None, gone))
                return replace(script, lost=(*script.lost, span)).taking(span), fault
    return None


def instructor_late(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """The instructor comes minutes late, or, now and then, never."""
    due = script.starts + ms(RULES.instructor_after_s)
    if not _open(script, window):
        return None
    part = script.instructor
    comes = due + rng.randint(40 * SECOND, min(6 * MINUTE, script.length // 3))
    stays = () if rng.random() < 0.2 else ((comes, part.stays[-1][1]),)
    fault = of(script, "instructor_late", due, Due.at("instructor_missing", part.participant, due))
    return _restarted(script, replace(part, stays=stays, muted=()), rng, comes), fault


def learner_late(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """A learner comes far too late, or, as often, never."""
    due = script.starts + ms(RULES.learner_after_s)
    if not _open(script, window) or script.length < ms(RULES.learner_after_s) + 5 * MINUTE:
        return None
    part = rng.choice(script.learners)
    comes = due + rng.randint(40 * SECOND, 4 * MINUTE)
    never = rng.random() < 0.5 or comes > script.ends - MINUTE
    stays = () if never else ((comes, part.stays[-1][1]),)
    fault = of(script, "learner_late", due, Due.at("learner_missing", part.participant, due))
    return _restarted(script, replace(part, stays=stays), rng, comes), fault


def _open(script: Script, window: Span) -> bool:
    """Nobody has come yet when the window opens, and nothing else was put into the start."""
    first = min(part.stays[0][0] for part in script.parts if part.stays)
    start = (script.starts - 4 * MINUTE, script.starts + 4 * MINUTE)
    return window[0] < first and window[0] < script.starts < window[1] and not touches(script.taken, start)


def _restarted(script: Script, part: Part, rng: random.Random, comes: int) -> Script:
    """With that person's part so; mishaps and recording are made anew, since it goes live at another time."""
    plain = replace(
        script,
        parts=tuple(
            replace(
                each, stays=((each.stays[0][0], each.stays[-1][1]),) if each.stays else (), rough=(), muted=()
            )
            for each in script.parts
        ),
        taken=(),
    ).with_part(part)
    return record(plain, rng).taking((script.starts - 4 * MINUTE, comes + MINUTE))
