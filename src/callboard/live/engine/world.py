"""Engines and an overseer in virtual time: a replay, a backtest, a simulated day.

Its clock is the arrival of what it is given; between two arrivals it stops at every moment at which something
falls due, as a runner does that sleeps until then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zlib import crc32

from callboard.live.engine.engine import Engine
from callboard.live.engine.events import LogEvent
from callboard.live.engine.fold import NEVER
from callboard.live.engine.outputs import Output
from callboard.live.engine.overseer import Overseer
from callboard.live.engine.session import SessionMachine
from callboard.live.engine.thresholds import DEFAULT, Rules


def partition_of(organization: int, session: str, partitions: int) -> int:
    """Which partition holds a session's events."""
    return crc32(f"{organization}:{session}".encode()) % partitions


class World:
    """Everything that one log tells, judged as it arrives. `listen` is called with each output."""

    def __init__(
        self,
        listen: Callable[[Output], None],
        rules: Rules = DEFAULT,
        partitions: int = 1,
        judge_quiet: bool = True,
        versions: Mapping[str, Rules] | None = None,
        keep_us: int | None = None,
    ) -> None:
        self.listen = listen
        self.now = 0
        self.engines = [Engine(rules, versions, keep_us) for _ in range(partitions)]
        self.overseer = Overseer(rules, judge_quiet, keep_us=keep_us)

    def arrive(self, event: LogEvent, now: int) -> None:
        """One event that arrived at `now`; arrivals do not go back."""
        self.run(now)
        engine = self.engines[0]
        if len(self.engines) > 1:
            engine = self.engines[partition_of(event.organization, event.session, len(self.engines))]
        for output in engine.feed(event, self.now):
            self.listen(output)
        if engine.stirred:
            self._oversee(self.now)

    def run(self, until: int) -> None:
        """Time passes."""
        while (due := self.next_due()) <= until:
            due = max(due, self.now)
            for engine in self.engines:
                for output in engine.advance(due):
                    self.listen(output)
            if (self.overseer.next_due() or NEVER) <= due or any(engine.stirred for engine in self.engines):
                self._oversee(due)
            self.now = due
        self.now = max(self.now, until)

    def next_due(self) -> int:
        dues = [engine.next_due() for engine in self.engines]
        dues.append(self.overseer.next_due())
        return min((due for due in dues if due is not None), default=NEVER)

    def _oversee(self, now: int) -> None:
        for number, engine in enumerate(self.engines):
            self.overseer.take(number, engine.drain())
        for output in self.overseer.advance(now):
            self.listen(output)

    def sessions(self) -> list[SessionMachine]:
        """The sessions that it saw, in no order that means anything."""
        return [machine for engine in self.engines for machine in engine.sessions.values() if machine.real]

    @property
    def accepted(self) -> int:
        return sum(engine.accepted for engine in self.engines)

    @property
    def duplicates(self) -> int:
        return sum(engine.duplicates for engine in self.engines)
