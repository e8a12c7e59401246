"""Sessions that need not be judged: what is kept of them shows that neither policy would raise a case. Pure.

Each proof is of something without which no case comes to be; where it cannot be had at a glance, the session
is judged.

- `bad_connection` needs bad reports of one person in one direction that last long enough together.
- `inaudible` needs either a voice that stays below the level for long enough, or an instructor without a
  microphone for as long. What is heard can only put off the latter; so where plans, joins, leaves and
  microphones alone raise nothing, it raises nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Final

import msgspec

from callboard.live import signals
from callboard.live.engine.events import LogEvent
from callboard.live.engine.moments import seconds
from callboard.live.engine.thresholds import Rules
from callboard.live.signals import INTERVAL, JITTER, LEVEL, LOSS, REPORT, RTT, SIDE, Image

LINKS: Final = frozenset({"bad_connection"})
VOICES: Final = frozenset({"inaudible"})
_HEARD: Final = frozenset({"connection.report", "speech"})

Raises = Callable[[list[LogEvent], Rules], bool]
"""Whether the engine raises anything of these events under these rules."""


def spared(image: Image, kinds: frozenset[str] | None, old: Rules, new: Rules, raises: Raises) -> bool:
    """Whether neither of the two rules, that differ in these kinds alone, raises any case of them."""
    if kinds == LINKS:
        return not _bad_for_long(image, old, new)
    if kinds == VOICES:
        after = min(old.inaudible_after, new.inaudible_after)
        if _low_for_long(image, max(old.audible_level, new.audible_level), after):
            return False
        events = signals.events_of(image, 0, "", kinds, without=_HEARD)
        return not raises(events, msgspec.structs.replace(new, inaudible_after=after, off=()))
    return False


def _bad_for_long(image: Image, old: Rules, new: Rules) -> bool:
    loss, jitter = min(old.loss, new.loss), min(old.jitter_ms, new.jitter_ms)
    rtt, wanted = min(old.rtt_ms, new.rtt_ms), min(old.bad_for, new.bad_for)
    lasted: defaultdict[tuple[int | None, int], int] = defaultdict(int)
    for code, _, _, who, data in image.rows:
        if code == REPORT and (
            (data[LOSS] or 0.0) > loss or (data[JITTER] or 0.0) > jitter or (data[RTT] or 0.0) > rtt
        ):
            lasted[who, data[SIDE]] += seconds(data[INTERVAL])
    return any(length >= wanted for length in lasted.values())


def _low_for_long(image: Image, audible: float, wanted: int) -> bool:
    """Whether somebody's levels, between two at which they were heard, stay low for so long."""
    at, unit = image.base, image.unit
    since: dict[int | None, int] = {}
    for code, after, _, who, data in image.rows:
        at += after * unit
        if code != REPORT or data[LEVEL] is None:
            continue
        if data[LEVEL] >= audible:
            since.pop(who, None)
            continue
        began = min(since.get(who, at), at - seconds(data[INTERVAL]))
        if at - began >= wanted:
            return True
        since[who] = began
    return False
