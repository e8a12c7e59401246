"""One partition in the hands of its owner: the engine's state, how far it has read, and how it comes back.

An engine's state follows from the lines of the log, each fed at the time it was received, and from the
moments (ticks) at which it was asked what had fallen due. Both are kept, so a process that resumes comes to
the very state whose effects were committed, and what it says on the way there was said before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from callboard.live.engine.drained import Drained
from callboard.live.engine.engine import Engine
from callboard.live.engine.outputs import Output
from callboard.live.log.lines import Stored
from callboard.live.ports import EventLog
from callboard.live.runner.leases import Lease
from callboard.live.runner.policies import Policies
from callboard.live.runner.reading import event_of
from callboard.live.runner.recorders import KINDS, Recorders

SessionKey = tuple[int, str]

BEGINNINGS = frozenset({"session.planned", "provider.polled"})
"""Kinds with which the engine may well hear of a session for the first time."""


@dataclass(frozen=True)
class Tick:
    """At this position of the log, the engine was asked what had fallen due until `at` (microseconds)."""

    position: int
    at: int


class Shard:
    """An engine, and what it has done since its last commit."""

    def __init__(self, lease: Lease, engine: Engine, log: EventLog, policies: Policies) -> None:
        self.lease = lease
        self.engine = engine
        self.position = lease.position
        self.ticks: list[Tick] = []
        self.recorders = Recorders()
        self._log = log
        self._policies = policies

    @property
    def partition(self) -> int:
        return self.lease.partition

    def feed(self, stored: Stored) -> list[Output]:
        """Take the next line."""
        self.position = stored.position
        event = event_of(stored)
        if event is None:
            return []
        if event.kind in KINDS:
            self.recorders.hear(event)
        key = (event.organization, event.session)
        forgotten = key not in self.engine.sessions and event.kind not in BEGINNINGS
        outputs = self.engine.feed(event, stored.line.received_at)
        late = self.engine.needs_rebuild()
        if forgotten and key not in late and self._has_begun(key):
            late.append(key)
        return outputs + self._rebuild(late, stored.line.received_at) if late else outputs

    def advance(self, now: int) -> list[Output]:
        """Judge what has fallen due, and remember that it was asked."""
        self.ticks.append(Tick(self.position, now))
        self.recorders.look(now)
        return self.engine.advance(now)

    def due(self, now: int) -> bool:
        due = self.engine.next_due()
        return due is not None and due <= now

    def resume(self, position: int, ticks: Iterable[Tick], limit: int = 5_000) -> None:
        """From the snapshot at `position` on to the lease's position: everything again, and nothing said."""
        reached = {self.partition: position}
        waiting = sorted(ticks, key=lambda tick: tick.position)
        index = 0
        self.position = position
        while reached[self.partition] < self.lease.position:
            batch = self._log.read(reached, limit)
            for stored in batch.lines:
                if stored.position > self.lease.position:
                    break
                while index < len(waiting) and waiting[index].position < stored.position:
                    self.engine.advance(waiting[index].at)
                    index += 1
                self.feed(stored)
            reached = dict(batch.positions)
            if not batch.full and not batch.lines:
                break
        for tick in waiting[index:]:
            self.engine.advance(tick.at)
        self.engine.drain()
        self.recorders.written()
        self.position = self.lease.position

    def snapshot(self) -> bytes:
        return self.engine.snapshot()

    def drain(self) -> Drained:
        return self.engine.drain()

    def _has_begun(self, key: SessionKey) -> bool:
        return len(self._log.of_session(*key, self.position)) > 1

    def forget(self, now: int) -> None:
        """Drop sessions that are long over; a late line of one brings it back from the log."""
        for organization, session in self.engine.settled(now):
            self.engine.drop(organization, session)

    def _rebuild(self, sessions: list[SessionKey], now: int) -> list[Output]:
        """Judge sessions anew from the log: evidence came later than the engine keeps, or after it forgot."""
        outputs: list[Output] = []
        for organization, session in sessions:
            lines = self._log.of_session(organization, session, self.position)
            events = [event for event in map(event_of, lines) if event is not None]
            outputs += self.engine.rebuild(organization, session, events, now)
        return outputs
