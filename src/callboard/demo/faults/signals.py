"""What goes wrong with what comes through: bad connections, an instructor nobody hears."""

from __future__ import annotations

import random
from dataclasses import replace

from callboard.demo.faults.fault import RULES, Due, Staged, ms, of
from callboard.demo.play.cast import STEP, free_slot
from callboard.demo.play.script import SECOND, Part, Rough, Script
from callboard.demo.play.spans import Span, covers

CALM = ms(RULES.unstable_within_s) + 60 * SECOND  # kept free round what is unstable
TO_BE_BAD = -(-ms(RULES.bad_for_s) // STEP)  # reports in a row
TO_BE_GOOD = -(-ms(RULES.good_for_s) // STEP)

_KINDS = ((0.14, 25.0, 210.0), (0.02, 24.0, 720.0), (0.01, 95.0, 180.0), (0.3, 80.0, 900.0))


def bad_connection(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """Someone's connection is bad for a while, in one direction."""
    count = rng.randint(TO_BE_BAD + 1, TO_BE_BAD + 14)
    at = free_slot(script, rng, window, (count + TO_BE_GOOD + 2) * STEP)
    part = rng.choice(script.roster)
    if at is None or not _in_throughout(part, at - 30 * SECOND, at + (count + TO_BE_GOOD + 2) * STEP):
        return None
    first, rough = _rough(part, rng, at, count)
    raised = first + (TO_BE_BAD - 1) * STEP
    changed = replace(part, rough=(*part.rough, rough))
    fault = of(script, "bad_connection", at, Due.at("bad_connection", part.participant, raised))
    return script.with_part(changed).taking((at, rough.span[1] + TO_BE_GOOD * STEP)), fault


def keeps_breaking(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """Someone's connection is bad, good and bad again, three times within ten minutes."""
    count = rng.randint(3, 6)
    every = (count + TO_BE_GOOD + rng.randint(1, 4)) * STEP
    length = 3 * every
    at = free_slot(script, rng, window, length + 2 * STEP)
    part = rng.choice(script.roster)
    if at is None or not _in_throughout(part, at - 30 * SECOND, at + length + 2 * STEP):
        return None
    dues: list[Due] = []
    stretches: list[Rough] = []
    for round_ in range(3):
        first, rough = _rough(part, rng, at + round_ * every, count)
        stretches.append(replace(rough, direction="up"))
        kind = "unstable" if round_ == 2 else "bad_connection"
        dues.append(Due.at(kind, part.participant, first + (TO_BE_BAD - 1) * STEP))
    fault = of(script, "keeps_breaking", at, *dues)
    changed = replace(part, rough=(*part.rough, *stretches))
    return script.with_part(changed).taking((at - CALM, at + length + CALM)), fault


def dead_microphone(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """The instructor's microphone is open, and nothing comes through."""
    after = ms(RULES.inaudible_after_s)
    length = rng.randint(after + 4 * STEP, after + 18 * STEP)
    at = free_slot(script, rng, window, length + STEP)
    part = script.instructor
    if at is None or not _in_throughout(part, at - 30 * SECOND, at + length):
        return None
    first = _next_report(part, at + 1)
    # Dead since a report's interval before the first dead one, or since their last word, which may end later.
    due = Due("inaudible", part.participant, first - STEP + after - SECOND, first + STEP + after)
    changed = replace(part, dead=(*part.dead, (at, at + length)))
    return script.with_part(changed).taking((at, at + length)), of(script, "dead_microphone", at, due)


def no_microphone(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """The instructor's microphone is gone altogether."""
    after = ms(RULES.inaudible_after_s)
    length = rng.randint(after + 30 * SECOND, after + 180 * SECOND)
    at = free_slot(script, rng, window, length + STEP)
    part = script.instructor
    if at is None or not _in_throughout(part, at - 30 * SECOND, at + length) or covers(part.muted, at):
        return None
    # Since it went, or since their last word, which may end a little later.
    due = Due("inaudible", part.participant, at + after, at + after + 6 * SECOND)
    changed = replace(part, off=(*part.off, (at, at + length)))
    return script.with_part(changed).taking((at, at + length)), of(script, "no_microphone", at, due)


def _next_report(part: Part, at: int) -> int:
    return part.phase + -(-(at - part.phase) // STEP) * STEP


def _rough(part: Part, rng: random.Random, at: int, count: int) -> tuple[int, Rough]:
    """`count` bad reports from `at` on; and when the first of them is."""
    loss, jitter, rtt = rng.choice(_KINDS)
    first = _next_report(part, at + 1)
    span = (first - STEP, first + (count - 1) * STEP)
    return first, Rough(span, rng.choice(("up", "up", "down")), loss, jitter, rtt)


def _in_throughout(part: Part, start: int, end: int) -> bool:
    return any(begins <= start and end <= stops for begins, stops in part.stays)
