"""What goes wrong with who is in: dropped, all gone, over too early, too long, a stranger."""

from __future__ import annotations

import random
from dataclasses import replace

from callboard.demo.faults.fault import RULES, Due, Staged, ms, of
from callboard.demo.play.cast import free_slot
from callboard.demo.play.script import MINUTE, SECOND, Part, Script
from callboard.demo.play.spans import Span, covers, touches, without

DROPPED, EMPTY = ms(RULES.dropped_after_s), ms(RULES.empty_after_s)
LATE = (
    30 * SECOND
)  # an absence outlasts its rule by this, since a leave may be known from the next poll alone
CALM = (
    ms(RULES.unstable_within_s) + MINUTE
)  # kept free round what is unstable, so that nothing else adds to it


def dropped(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """Someone's line breaks, and takes minutes to come back."""
    part = rng.choice(script.roster)
    away = rng.randint(DROPPED + LATE, 5 * MINUTE)
    at = free_slot(script, rng, window, away + 30 * SECOND)
    if at is None or not _in_throughout(part, (at - 30 * SECOND, at + away + 30 * SECOND)):
        return None
    gone = replace(part, stays=without(part.stays, (at, at + away)))
    fault = of(script, "dropped", at, Due.at("dropped", part.participant, at + DROPPED))
    return script.with_part(gone).taking((at, at + away)), fault


def keeps_dropping(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """A learner is thrown out three times within ten minutes."""
    part = rng.choice(script.learners)
    away = rng.randint(DROPPED + LATE, DROPPED + LATE + 15 * SECOND)
    every = away + rng.randint(40 * SECOND, 80 * SECOND)
    length = 2 * every + away
    at = free_slot(script, rng, window, length + 30 * SECOND)
    if at is None or not _in_throughout(part, (at - 30 * SECOND, at + length + 30 * SECOND)):
        return None
    stays = part.stays
    for count in range(3):
        stays = without(stays, (at + count * every, at + count * every + away))
    dues = [
        Due.at("unstable" if count == 2 else "dropped", part.participant, at + count * every + DROPPED)
        for count in range(3)
    ]
    fault = of(script, "keeps_dropping", at, *dues)
    return script.with_part(replace(part, stays=stays)).taking((at - CALM, at + length + CALM)), fault


def all_gone(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """The room throws everybody out; they find back after a minute or three."""
    away = rng.randint(EMPTY + 30 * SECOND, 3 * MINUTE)
    at = free_slot(script, rng, window, away + 60 * SECOND, until_end=7 * MINUTE)
    if at is None:
        return None
    everyone = [part for part in script.parts if covers(part.stays, at)]
    if any(part.stays[0][0] > at for part in script.parts if part.stays) or not everyone:
        return None
    if not all(_in_throughout(part, (at - 30 * SECOND, at + away + 60 * SECOND)) for part in everyone):
        return None
    last = at
    for part in everyone:
        leaves, back = at + rng.randint(0, 4 * SECOND), at + away + rng.randint(0, 20 * SECOND)
        last = max(last, leaves)
        script = script.with_part(replace(part, stays=without(part.stays, (leaves, back))))
    fault = of(script, "all_gone", at, Due.at("room_empty", None, last + EMPTY))
    return script.taking((at, at + away + 30 * SECOND)), fault


def ends_early(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """The room is closed, or left for good, with more than a fifth of the plan to go."""
    at = script.starts + int(script.length * rng.uniform(0.3, 0.72))
    if not window[0] < at < window[1] or not covers(script.live(), at - MINUTE):
        return None
    if any(end > at - MINUTE for _, end in script.taken) or (at, script.ends) in script.taken:
        return None
    if any(part.stays and part.stays[-1][0] > at - MINUTE for part in script.parts):
        return None
    walks_out = script.ends - at > 12 * MINUTE and rng.random() < 0.3
    leaves = {part.participant: at - rng.randint(0, 8 * SECOND) for part in script.parts}
    last = max(leaves[part.participant] for part in script.parts if covers(part.stays, at - 20 * SECOND))
    for part in script.parts:
        stays = without(part.stays, (leaves[part.participant], script.ends + 60 * MINUTE))
        script = script.with_part(replace(part, stays=stays))
    if walks_out:
        ended = last + ms(RULES.ended_after_empty_s)
        dues = [Due.at("room_empty", None, last + EMPTY), Due.at("ended_early", None, ended)]
        closed = None
    else:
        closed = ended = last + SECOND
        dues = [Due.at("ended_early", None, closed)]
    takes = tuple(
        replace(take, end=min(take.end, last), file_at=take.file_at and ended + rng.randint(40, 400) * SECOND)
        for take in script.takes
        if take.start < last - SECOND
    )
    script = replace(script, closed=closed, takes=takes).taking((at, script.ends + 60 * MINUTE))
    return script, of(script, "ends_early", at, *dues)


def runs_over(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """The learners stay on and talk, long after the planned end."""
    due = script.ends + ms(RULES.overrun_after_s)
    if not window[0] < script.ends - 2 * MINUTE or not due < window[1]:
        return None
    if touches(script.taken, (script.ends - MINUTE, due + 10 * MINUTE)):
        return None
    staying = [part for part in script.learners if part.stays]
    if not staying or script.closed is None:
        return None
    leaves = due + rng.randint(MINUTE, 6 * MINUTE)
    for part in staying:
        stays = (*part.stays[:-1], (part.stays[-1][0], leaves - rng.randint(0, 20 * SECOND)))
        script = script.with_part(replace(part, stays=stays))
    closed = leaves + 3 * SECOND
    takes = tuple(replace(take, file_at=take.file_at and closed + 90 * SECOND) for take in script.takes)
    script = replace(script, closed=closed, takes=takes).taking((script.ends - MINUTE, closed))
    return script, of(script, "runs_over", due, Due.at("overrun", None, due))


def stranger(script: Script, rng: random.Random, window: Span) -> Staged | None:
    """Someone who is not on the roster comes in."""
    stay = rng.randint(50 * SECOND, 4 * MINUTE)
    at = free_slot(script, rng, window, stay, until_end=MINUTE)
    if at is None:
        return None
    name = rng.choice(("ipad", "guest", "android", "phone", "laptop")) + f"-{rng.randint(2, 99)}"
    part = Part(name, "stranger", ((at, at + stay),), rng.randrange(10 * SECOND))
    fault = of(script, "stranger", at, Due.at("stranger", name, at))
    return script.with_part(part).taking((at, at + stay)), fault


def _in_throughout(part: Part, span: Span) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in part.stays)
