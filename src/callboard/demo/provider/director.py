"""Lets things go wrong as the day goes on: now and then, somewhere, seeded, as often as the pace says."""

from __future__ import annotations

import random
from collections import deque
from typing import Final

from callboard.demo.faults import places
from callboard.demo.faults.catalogue import STAGERS
from callboard.demo.faults.fault import Fault
from callboard.demo.play.player import Players
from callboard.demo.play.script import MINUTE, SECOND, Script

PER_HOUR: Final = 180
"""Faults in an hour among 300 live sessions at pace 1."""

SHARES: Final = {
    "bad_connection": 22,
    "dropped": 16,
    "learner_missing": 14,
    "stranger": 8,
    "inaudible": 8,
    "instructor_missing": 7,
    "recording_stalled": 7,
    "recording_not_started": 5,
    "room_empty": 5,
    "unstable": 4,
    "overrun": 4,
    "ended_early": 3,
    "recording_bad": 3,
    "recording_missing": 2,
    "node": 1,
    "provider_quiet": 1,
}
REMEMBERED = 2_000
LEFT_ALONE = (
    15 * MINUTE
)  # how long after one fault a session is spared the next, so that each leads to its own


class Director:
    """Decides what goes wrong next. `live` is how many sessions there are."""

    def __init__(self, seed: int, live: int, pace: float) -> None:
        self.pace = pace
        self.faults: deque[Fault] = deque(maxlen=REMEMBERED)
        self._rng = random.Random(f"director {seed}")
        self._live = live
        self._next: int | None = None

    def direct(self, players: Players, now: int) -> Fault | None:
        """Called often; now and then puts one fault into what is yet to come."""
        if self._next is None:
            self._next = now + self._pause()
        if now < self._next or self.pace <= 0:
            return None
        self._next = now + self._pause()
        for _ in range(5):
            kind = self._rng.choices(list(SHARES), weights=list(SHARES.values()))[0]
            fault = self._stage(players, kind, now)
            if fault is not None:
                self.faults.append(fault)
                return fault
        return None

    def _well(self, players: Players, now: int) -> list[Script]:
        """The sessions in which nothing has gone wrong lately, nor is about to."""
        ailing = {
            due.session or fault.session
            for fault in self.faults
            if fault.at > now - LEFT_ALONE
            for due in fault.dues
        }
        return [script for script in players if script.session not in ailing]

    def set_pace(self, pace: float) -> None:
        self.pace = pace
        self._next = None

    def _pause(self) -> int:
        per_hour = max(PER_HOUR * self._live / 300, 40) * max(self.pace, 0.01)
        return int(self._rng.expovariate(per_hour / 3600) * 1000)

    def _stage(self, players: Players, kind: str, now: int) -> Fault | None:
        if kind == "node":
            return self._node(players, now)
        if kind == "provider_quiet":
            return self._hush(players, now)
        scripts = self._well(players, now)
        soon = (now + 12 * SECOND, now + 75 * SECOND)
        later = (now + 12 * SECOND, now + 90 * MINUTE)
        window = later if kind in _LATER else soon
        for script in self._rng.sample(scripts, min(60, len(scripts))):
            staged = self._rng.choice(STAGERS[kind])(script, self._rng, window)
            if staged is not None:
                changed, fault = staged
                players.put(changed)
                return fault
        return None

    def _node(self, players: Players, now: int) -> Fault | None:
        nodes = places.by_node({script.session: script for script in self._well(players, now)})
        place = self._rng.choice(sorted(nodes)) if nodes else ""
        if not nodes or len(nodes[place]) < 6:
            return None
        window = (now + 12 * SECOND, now + 70 * SECOND)
        found = places.ailing(nodes[place], self._rng, window, self._rng.randint(3, 5), place)
        return None if found is None else self._changed(players, *found)

    def _hush(self, players: Players, now: int) -> Fault | None:
        scripts = [script for script in players if script.provider == "outside"]
        found = places.provider_hushed(scripts, "outside", self._rng, (now + 12 * SECOND, now + 5 * MINUTE))
        return None if found is None else self._changed(players, *found)

    @staticmethod
    def _changed(players: Players, scripts: list[Script], fault: Fault) -> Fault:
        for script in scripts:
            players.put(script)
        return fault


_LATER: Final = frozenset(
    [
        "instructor_missing",
        "learner_missing",
        "recording_not_started",
        "overrun",
        "ended_early",
        "recording_bad",
        "recording_missing",
    ]
)
"""Kinds that hang on a moment of the session itself, which may be a while off."""
