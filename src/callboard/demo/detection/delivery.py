"""How a day's events reach the engine: over networks, so some twice, some out of order, none exactly when
it was.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import msgspec

from callboard.demo.detection.day import Day
from callboard.demo.detection.hooks import lossy, receivers_away, watched
from callboard.demo.faults.places import POLL_EVERY
from callboard.demo.play.happenings import Happening, events, stamp
from callboard.demo.play.script import MINUTE
from callboard.demo.play.spans import Span, covers
from callboard.live.engine.events import LogEvent, decode_line

BOOKED_AHEAD = 24 * 60 * MINUTE
_encode = msgspec.json.Encoder().encode


def arrivals(day: Day, seed: int, *, faulty: bool = False) -> Iterator[tuple[int, LogEvent]]:
    """Each event with its arrival, in microseconds, in order of arrival.

    `faulty`: providers lose webhooks, double them and fall silent, and polls make it good (see `hooks`).
    """
    rng = random.Random(f"delivery {seed} {day.midnight}")
    for plan in day.plans.values():
        at = day.midnight - BOOKED_AHEAD
        data = {
            "starts_at": stamp(plan.starts), "ends_at": stamp(plan.ends), "instructor": plan.instructor,
            "learners": plan.learners, "recording": plan.recording, "provider": plan.provider,
            "node": plan.node, "region": plan.region,
        }  # fmt: skip
        planned = Happening(at, "plan-1", plan.session, "session.planned", None, data)
        yield at * 1000, decode_line(_encode(planned.told()))
    sent: list[tuple[int, Happening]] = []
    for script in day.scripts.values():
        first = min([script.ready or script.starts, script.starts - 10 * MINUTE])
        for happening in events(script, first, script.over() + MINUTE):
            sent.append((happening.at + _delay(rng), happening))
            if rng.random() < 0.01:
                sent.append((happening.at + 400 + _delay(rng), happening))
    if faulty:
        away = receivers_away(day.scripts, rng)
        line = watched(lossy(sent, day.scripts, away, rng), day.scripts, away)
    else:
        line = iter(sorted([*sent, *polls(day)], key=lambda each: each[0]))
    for arrival, happening in line:
        yield arrival * 1000, decode_line(_encode(happening.told()))


def _delay(rng: random.Random) -> int:
    """Milliseconds from what happens to its arrival: mostly a moment, now and then seconds."""
    if rng.random() < 0.003:
        return rng.randint(1_000, 5_000)
    return rng.randint(20, 400)


def polls(day: Day) -> Iterator[tuple[int, Happening]]:
    """Every provider is asked every 20 s, unless it is hushed."""
    hushed: dict[str, set[Span]] = {}
    anyone: dict[str, str] = {}
    for script in day.scripts.values():
        hushed.setdefault(script.provider, set()).update(script.hushed)
        anyone.setdefault(script.provider, script.session)
    first = min(plan.starts for plan in day.plans.values()) - 60 * MINUTE
    last = max(script.over() for script in day.scripts.values())
    for provider, spans in sorted(hushed.items()):
        for at in range(first, last, POLL_EVERY):
            if not covers(spans, at):
                data = {"provider": provider}
                yield (
                    at + 60,
                    Happening(at, f"po-{provider}-{at}", anyone[provider], "provider.polled", None, data),
                )
