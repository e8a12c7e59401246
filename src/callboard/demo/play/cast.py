"""A session that goes well: people come and go as people do, with their habits and their small mishaps.

Nothing here may raise a case. The near-misses are on purpose: someone late but not too late, a short drop,
one bad report, a long mute, a second recorder that takes over in time, a lesson that runs over or ends a
little early.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from callboard.demo.play.script import MINUTE, SECOND, Part, Rough, Script, Take
from callboard.demo.play.spans import Span, touches, without

STEP = 10 * SECOND  # between someone's reports


@dataclass(frozen=True)
class Plan:
    """What was booked. Times in milliseconds since 1970; people by their keys, the instructor apart."""

    session: str
    starts: int
    ends: int
    instructor: str
    learners: tuple[str, ...]
    recording: bool
    provider: str
    node: str | None = None
    region: str | None = None


def cast(plan: Plan, seed: int, *, mishaps: bool = True) -> Script:
    """The script of a session that raises nothing. The same plan and seed, the same script."""
    rng = random.Random(f"cast {seed} {plan.session}")
    late_by = 0
    if mishaps and rng.random() < 0.05:  # runs over, but not for long; only the learners chat on
        late_by = rng.randint(120 * SECOND, 7 * MINUTE)
    ends = plan.ends
    if mishaps and not late_by and rng.random() < 0.05:  # ends a little early
        ends -= int((plan.ends - plan.starts) * rng.uniform(0.04, 0.12))
    parts = [
        _part(plan.instructor, "instructor", plan.starts, ends, rng, (-240, 50), 0),
        *(_part(key, "learner", plan.starts, ends, rng, (-200, 150), late_by) for key in plan.learners),
    ]
    if mishaps and plan.ends - plan.starts >= 20 * MINUTE and rng.random() < 0.06:
        tardy = rng.randrange(1, len(parts))
        stay = parts[tardy].stays[0]
        parts[tardy] = replace(
            parts[tardy], stays=((plan.starts + rng.randint(5 * MINUTE, 9 * MINUTE), stay[1]),)
        )
    script = Script(
        session=plan.session,
        seed=rng.getrandbits(48),
        starts=plan.starts,
        ends=plan.ends,
        recording=plan.recording,
        provider=plan.provider,
        node=plan.node,
        region=plan.region,
        ready=plan.starts - rng.randint(17 * MINUTE, 30 * MINUTE),
        closed=max(part.stays[-1][1] for part in parts) + 2 * SECOND,
        parts=tuple(parts),
    )
    script = record(script, rng)
    return _mishaps(script, rng) if mishaps else script


def record(script: Script, rng: random.Random) -> Script:
    """The same with its recording made anew, from shortly after it goes live, where one is wanted."""
    live = script.live()
    if not script.recording or not live:
        return replace(script, takes=())
    start = live[0][0] + rng.randint(6, 40) * SECOND
    end = max(live[-1][1], start + SECOND)
    done = max(end, script.closed or 0)
    take = Take(
        recorder=f"rec-{script.session[-6:]}-1",
        start=start,
        end=end,
        file_at=done + rng.randint(40 * SECOND, 6 * MINUTE),
        share=round(rng.uniform(0.96, 1.0), 3),
    )
    return replace(script, takes=(take,))


def free_slot(
    script: Script,
    rng: random.Random,
    window: Span,
    length: int,
    *,
    margin: int = MINUTE,
    until_end: int = 330 * SECOND,
) -> int | None:
    """A moment of the window from which the session is live, on plan and untouched for `length`."""
    for start, end in script.live():
        first = max(window[0], start + 90 * SECOND, script.starts + MINUTE)
        last = min(window[1], end - length, script.ends - until_end - length)
        if last < first:
            continue
        for _ in range(12):
            at = rng.randint(first, last)
            if not touches(script.taken, (at, at + length), margin):
                return at
    return None


def _part(
    key: str,
    role: str,
    starts: int,
    ends: int,
    rng: random.Random,
    comes: tuple[int, int],
    late_by: int,
) -> Part:
    # People are much the same from one time to the next.
    habit = random.Random(key).uniform(comes[0] * 0.6, comes[1] * 0.6)
    comes_at = starts + int(max(comes[0], min(comes[1], rng.gauss(habit, 30))) * SECOND)
    goes_at = ends + late_by + rng.randint(-15 * SECOND, 35 * SECOND)
    phase = rng.randrange(0, STEP)
    assert role in {"instructor", "learner"}
    return Part(key, "instructor" if role == "instructor" else "learner", ((comes_at, goes_at),), phase)


def _mishaps(script: Script, rng: random.Random) -> Script:
    everywhen = (script.starts, script.ends)
    if rng.random() < 0.12:
        script = _brief_drop(script, rng, everywhen)
    if rng.random() < 0.14:
        script = _one_bad_report(script, rng, everywhen)
    if rng.random() < 0.10:
        script = _long_mute(script, rng, everywhen)
    if script.takes and rng.random() < 0.06:
        script = _recorder_relieved(script, rng, everywhen)
    return script


def _brief_drop(script: Script, rng: random.Random, window: Span) -> Script:
    """Someone is out for less than a minute and a half."""
    part = rng.choice(script.parts)
    away = rng.randint(15 * SECOND, 70 * SECOND)
    at = free_slot(script, rng, window, away + 20 * SECOND)
    if at is None or not any(start < at - 30 * SECOND and at + away < end for start, end in part.stays):
        return script
    gone = replace(part, stays=without(part.stays, (at, at + away)))
    return script.with_part(gone).taking((at, at + away))


def _one_bad_report(script: Script, rng: random.Random, window: Span) -> Script:
    part = rng.choice(script.parts)
    at = free_slot(script, rng, window, 50 * SECOND)
    if at is None:
        return script
    report = part.phase + -(-(at - part.phase) // STEP) * STEP
    rough = Rough((report - STEP, report), loss=0.09)
    return script.with_part(replace(part, rough=(*part.rough, rough))).taking((at, at + 50 * SECOND))


def _long_mute(script: Script, rng: random.Random, window: Span) -> Script:
    part = script.instructor
    length = rng.randint(2 * MINUTE, 4 * MINUTE)
    at = free_slot(script, rng, window, length)
    if at is None:
        return script
    return script.with_part(replace(part, muted=(*part.muted, (at, at + length)))).taking((at, at + length))


def _recorder_relieved(script: Script, rng: random.Random, window: Span) -> Script:
    """A recorder fails, and another one runs within half a minute."""
    at = free_slot(script, rng, window, 2 * MINUTE)
    first = script.takes[0]
    if at is None or not first.start + 2 * MINUTE < at < first.end - 3 * MINUTE:
        return script
    relief = replace(
        first, recorder=first.recorder[:-1] + "2", start=at + rng.randint(5, 25) * SECOND, share=0.98
    )
    failed = replace(first, end=at, how="failed", file_at=None)
    return replace(script, takes=(failed, relief)).taking((at, at + 2 * MINUTE))
