"""What goes wrong for many at once: a node or a region ails, a provider falls silent."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from callboard.demo.faults.fault import RULES, Due, Fault, ms
from callboard.demo.faults.signals import bad_connection
from callboard.demo.play.script import SECOND, Script
from callboard.demo.play.spans import Span, touches

HUSHED_FOR = (ms(RULES.quiet_after_s) + 8 * SECOND, ms(RULES.quiet_after_s) + 20 * SECOND)
POLL_EVERY = 20 * SECOND


def ailing(
    scripts: Sequence[Script], rng: random.Random, window: Span, count: int, place: str
) -> tuple[list[Script], Fault] | None:
    """So many of these sessions, which share a node or a region, get a bad connection within a minute."""
    start = rng.randint(window[0], max(window[0], window[1] - 60 * SECOND))
    changed: list[Script] = []
    dues: list[Due] = []
    for script in rng.sample(scripts, len(scripts)):
        staged = bad_connection(script, rng, (start, start + 60 * SECOND))
        if staged is not None:
            changed.append(staged[0])
            dues.extend(replace(due, session=script.session) for due in staged[1].dues)
        if len(changed) == count:
            return changed, Fault(f"ailing-{place}-{start}", "ailing", start, None, place, tuple(dues))
    return None


def provider_hushed(
    scripts: Sequence[Script], provider: str, rng: random.Random, window: Span
) -> tuple[list[Script], Fault] | None:
    """The provider says nothing for a while in which one of its sessions is live and nothing else happens.

    It is polled up to right before, and answers again right after.
    """
    length = rng.randint(*HUSHED_FOR)
    for _ in range(200):
        start = rng.randint(window[0], window[1] - length)
        span = (start, start + length)
        around = (start - 5 * SECOND, start + length + 5 * SECOND)
        near = [
            script
            for script in scripts
            if script.starts - 1_900_000 < around[1] and script.over() > around[0]
        ]
        if any(_eventful(script, around) for script in near):
            continue
        live = [script for script in near if any(a <= span[0] and span[1] <= b for a, b in script.live())]
        if not live:
            continue
        due = Due("provider_quiet", None, start + ms(RULES.quiet_after_s) - POLL_EVERY, span[1])
        hushed = [replace(s, hushed=(*s.hushed, span)).taking(span) for s in near]
        return hushed, Fault(f"hushed-{provider}-{start}", "hushed", start, None, provider, (due,))
    return None


def _eventful(script: Script, span: Span) -> bool:
    """Whether anything that happens once, or comes of a fault, lies in it."""
    if touches(script.taken, span, 40 * SECOND):
        return True
    moments = [script.ready or 0, script.closed or 0]
    for part in script.parts:
        for start, end in part.stays:
            moments += [start, end]
    for take in script.takes:
        moments += [take.start, take.end, take.file_at or 0]
    return any(span[0] < moment < span[1] for moment in moments)


def by_node(scripts: Mapping[str, Script]) -> dict[str, list[Script]]:
    """The scripts of each node."""
    found: dict[str, list[Script]] = {}
    for script in scripts.values():
        if script.node is not None:
            found.setdefault(script.node, []).append(script)
    return found
