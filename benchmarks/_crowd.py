"""Live sessions that send: each its own regular load (contract), spread evenly over the minute.

A wheel of a minute holds who sends what in which tenth of a second; one thread turns it, several times as
fast where asked, and says how many events were acknowledged and how far it fell behind.
"""

from __future__ import annotations

import contextlib
import itertools
import queue
import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.case_latency import Client

SLOTS = 600
TICK = 0.1
PER_MINUTE = 4 * 6 + 2 + 2 + 10
"""Events of a session a minute: 4 people's reports, progress, polls, speech."""

Key = str
People = Sequence[str]


@dataclass
class Tally:
    """What became of what was sent; `behind` in seconds, the most it ever was."""

    sent: int = 0
    behind: float = 0.0
    most_behind: float = 0.0
    failed: Exception | None = None
    slowest_answer: float = 0.0


@dataclass
class Crowd:
    """Add sessions whenever; `speed` is how many times the usual load each sends."""

    client: Client
    tally: Tally = field(default_factory=Tally)
    speed: float = 1.0
    extra: queue.SimpleQueue[dict[str, object]] = field(default_factory=queue.SimpleQueue)
    """What goes with the next tick: other threads may put something in."""

    def __post_init__(self) -> None:
        self._slots: list[list[tuple[str, str, str]]] = [[] for _ in range(SLOTS)]
        self._stop = threading.Event()
        self._chance = random.Random(7)
        self._numbers = itertools.count()

    def add(self, sessions: Sequence[tuple[Key, People]]) -> None:
        """Everybody comes in, and the sessions send from now on."""
        for key, people in sessions:
            for who in people:
                self.extra.put(self.event("participant.joined", key, who))
        slots: list[list[tuple[str, str, str]]] = [[] for _ in range(SLOTS)]
        for key, people in sessions:
            for who in people:
                self._spread(slots, "report", key, who, 6)
            for turn in range(10):
                self._spread(slots, "speech", key, people[turn % len(people)], 1)
            self._spread(slots, "progress", key, "", 2)
            self._spread(slots, "polled", key, "", 2)
        for place, found in enumerate(slots):
            self._slots[place] = self._slots[place] + found

    def _spread(self, slots: list[list[tuple[str, str, str]]], kind: str, key: str, who: str, n: int) -> None:
        begin = self._chance.randrange(SLOTS)
        for turn in range(n):
            slots[(begin + turn * SLOTS // n) % SLOTS].append((kind, key, who))

    @contextlib.contextmanager
    def sending(self) -> Iterator[Tally]:
        """The load, in a thread, within the block."""
        thread = threading.Thread(target=self._turn)
        thread.start()
        try:
            yield self.tally
        finally:
            self._stop.set()
            thread.join()

    def _turn(self) -> None:
        try:
            self._turn_for_good()
        except Exception as error:
            self.tally.failed = error

    def _turn_for_good(self) -> None:
        slot, due = 0, time.perf_counter()
        while not self._stop.is_set():
            events = [self._of(*each) for each in self._slots[slot % SLOTS]]
            events = [*self._extra(), *events]
            for first in range(0, len(events), 4_000):
                self._send(events[first : first + 4_000])
            slot += 1
            due += TICK / self.speed
            self.tally.behind = max(0.0, time.perf_counter() - due)
            self.tally.most_behind = max(self.tally.most_behind, self.tally.behind)
            time.sleep(max(0.0, due - time.perf_counter()))

    def _extra(self) -> list[dict[str, object]]:
        return [self.extra.get() for _ in range(self.extra.qsize())]

    def _send(self, events: list[dict[str, object]]) -> None:
        if events:
            began = time.perf_counter()
            self.client.send(events)
            self.tally.slowest_answer = max(self.tally.slowest_answer, time.perf_counter() - began)
            self.tally.sent += len(events)

    def _of(self, kind: str, key: str, who: str) -> dict[str, object]:
        if kind == "report":
            figures = {"loss": 0.001, "jitter_ms": 8, "rtt_ms": 60, "audio_level": 0.1}
            seconds = 10 / self.speed
            return self.event("connection.report", key, who, interval=seconds, direction="up", **figures)
        if kind == "speech":
            event = self.event("speech", key, who)
            return event | {"data": {"ends_at": event["at"]}}
        if kind == "progress":
            return self.event("recording.progress", key, recorder="r-1", seconds=time.perf_counter())
        return self.event("provider.polled", key, provider="simulator")

    def event(self, kind: str, key: str, who: str = "", **data: object) -> dict[str, object]:
        from callboard.lib import clock

        event: dict[str, object] = {
            "id": f"c-{next(self._numbers)}",
            "session": key,
            "kind": kind,
            "at": clock.now().isoformat(),
        }
        return event | ({"participant": who} if who else {}) | ({"data": data} if data else {})
