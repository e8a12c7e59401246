"""Of kept evidence, what can still decide under two given policies. Pure.

Recorders' progress and what is heard of a voice come often, and mostly say that all is well. Between two
other happenings the first and the last are kept, and enough between them that no timer of either policy can
fire; one whose follower shows less than itself is kept as well. Progress that shows no more than what came
before it is none, to the engine as here, and goes first. So the engine raises and clears the very same cases.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from callboard.live.engine.events import LogEvent
from callboard.live.engine.moments import seconds
from callboard.live.engine.thresholds import Rules

UNHEARD = -1
"""Less than any progress: of a recorder of which nothing was heard yet even none at all says that it runs."""

Run = list[int]
"""Places of events that say again what was said."""


def thinned(events: list[LogEvent], old: Rules, new: Rules) -> list[LogEvent]:
    """The events of one session, in order of their moments, without what decides nothing under either."""
    stuck = min(old.recorder_stuck, new.recorder_stuck)
    silent = min(old.inaudible_after, new.inaudible_after)
    audible = max(old.audible_level, new.audible_level)
    gone: set[int] = set()
    progress: dict[str | None, Run] = {}
    heard: dict[str | None, Run] = {}
    shown: dict[str | None, int] = {}
    for place, one in enumerate(events):
        kind = one.kind
        if kind == "recording.progress":
            name, total = one.data.recorder, seconds(one.data.seconds)
            if total <= shown.get(name, UNHEARD):
                gone.add(place)
            else:
                shown[name] = total
                progress.setdefault(name, []).append(place)
        elif kind == "speech":
            heard.setdefault(one.participant, []).append(place)
        elif kind == "connection.report":
            level = one.data.audio_level
            if level is None:
                continue
            if level >= audible:
                heard.setdefault(one.participant, []).append(place)
            else:
                gone.update(_needless(events, heard.pop(one.participant, []), silent))
        else:
            for run in heard.values():
                gone.update(_needless(events, run, silent))
            heard.clear()
            if kind.startswith("recording."):
                for run in progress.values():
                    gone.update(_needless(events, run, stuck))
                progress.clear()
                if kind == "recording.started":
                    shown[one.data.recorder] = 0
    for run in heard.values():
        gone.update(_needless(events, run, silent))
    for run in progress.values():
        gone.update(_needless(events, run, stuck))
    return [one for place, one in enumerate(events) if place not in gone] if gone else events


def _needless(events: list[LogEvent], run: Run, within: int) -> Iterable[int]:
    last = events[run[0]].at if run else 0
    for place, following in pairwise(run[1:]):
        one, after = events[place], events[following]
        if after.at - last < within and _shows(one) < _shows(after):
            yield place
        else:
            last = one.at


def _shows(event: LogEvent) -> float:
    """How far it says that things went well."""
    if event.kind == "recording.progress":
        return float(event.data.seconds)
    return event.data.ends_at if event.kind == "speech" else event.at
