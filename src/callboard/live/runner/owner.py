"""The owner of some partitions: one step of its endless work, each right to be killed at any moment.

1. Take partitions that nobody holds; bring their engines to where their effects are committed.
2. Read what the log has, feed it, and judge what has fallen due.
3. Write the effects, in one transaction that first checks the leases. It fails, or a lease is lost: drop all
   and begin anew at 1; nothing was said that is not kept.
4. The overseer takes what was told, and its effects are written likewise.
5. Now and then, a partition's snapshot, so that whoever resumes has little to do again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection

from django.db import transaction

from callboard.lib import clock, crash, tracing
from callboard.live.engine.engine import Engine
from callboard.live.engine.moments import MINUTE, SECOND, micros
from callboard.live.engine.outputs import Output
from callboard.live.engine.overseer import Overseer
from callboard.live.engine.snapshot import OtherFormat
from callboard.live.log.lines import partition_of
from callboard.live.ports import EventLog
from callboard.live.runner import boards, keeping, leases, told, writing
from callboard.live.runner.leases import EVERYTHING, OVERSEER, Lease
from callboard.live.runner.overseeing import Oversight
from callboard.live.runner.policies import Policies
from callboard.live.runner.shard import Shard
from callboard.live.runner.snapshots import Snapshot, Snapshots

AT_ONCE = 4_000
"""Lines of one step."""

GRACE_US = SECOND // 5
"""What falls due is judged this much later, so that evidence on its way to the log counts."""

KEEP_US = 5 * MINUTE
"""How late evidence may come and still be judged from memory; later, the session's log is read."""

TAKEN_EVERY_S = 2.0
SNAPSHOT_EVERY_S = 4.0
"""One partition at a time, the one whose snapshot is oldest."""

SNAPSHOT_SHARE = 1 / 120
"""Of the owner's time at most: while it makes the bytes, cases wait, and one in a hundred counts."""

log = logging.getLogger(__name__)


class Owner:
    """Owns what it can get of `wanted`, at most `at_most` partitions (the overseer counts as one)."""

    def __init__(
        self, events: EventLog, wanted: Collection[int] = EVERYTHING, at_most: int = len(EVERYTHING)
    ) -> None:
        self.name = leases.owner_name()
        self.shards: dict[int, Shard] = {}
        self.oversight: Oversight | None = None
        self._events = events
        self._wanted = frozenset(wanted)
        self._at_most = at_most
        self._policies = Policies()
        self._committed_at = 0.0
        self._oversaw_at = 0.0
        self._take_at = 0.0
        self._snapshot_at = 0.0
        self._snapshots_at: dict[int, float] = {}
        self._boards = boards.Boards(self._view)
        self.snapshots = Snapshots()

    # -- one step

    def step(self) -> float:
        """Do what there is to do; answers how many seconds one may sleep before the next."""
        self._take()
        outputs, more = self._judge()
        if outputs or time.monotonic() - self._committed_at >= leases.RENEWED_EVERY_S:
            self._commit(outputs, caught_up=not more)
            self._oversee()
            self._snapshot()
        return 0.0 if more else self._idle_for()

    def _judge(self) -> tuple[list[Output], bool]:
        outputs: list[Output] = []
        batch = self._events.read({number: shard.position for number, shard in self.shards.items()}, AT_ONCE)
        for stored in batch.lines:
            outputs += self.shards[stored.partition].feed(stored)
        for number, position in batch.positions.items():
            self.shards[number].position = position
        crash.point("engine.after_feed")
        if not batch.full:
            now = micros(clock.now()) - GRACE_US
            for shard in self.shards.values():
                if shard.due(now):
                    outputs += shard.advance(now)
        return outputs, batch.full

    def _idle_for(self) -> float:
        now = micros(clock.now()) - GRACE_US
        dues = [due for shard in self.shards.values() if (due := shard.engine.next_due()) is not None]
        renew = self._committed_at + leases.RENEWED_EVERY_S - time.monotonic()
        return max(0.0, min([renew, *((due - now) / SECOND for due in dues)]))

    # -- effects

    def _commit(self, outputs: list[Output], caught_up: bool) -> None:
        """Effects, positions, ticks and what the overseer is told: all of it, or nothing."""
        if not self.shards:
            self._committed_at = time.monotonic()
            return
        if caught_up and time.monotonic() - self._committed_at >= leases.RENEWED_EVERY_S:
            now = micros(clock.now()) - GRACE_US
            for shard in self.shards.values():
                outputs += shard.advance(now)
        held = {number: _reached(shard) for number, shard in self.shards.items()}
        crash.point("engine.before_write")
        with tracing.span("engine commit", outputs=len(outputs)), transaction.atomic():
            leases.keep(held)
            keeping.write_ticks({number: shard.ticks for number, shard in self.shards.items()})
            recorders = [shard.recorders for shard in self.shards.values()]
            writing.write(told.sort(outputs, self._provider_of), self._boards, recorders)
            keeping.tell({number: shard.drain() for number, shard in self.shards.items()})
            crash.point("engine.before_commit")
        crash.point("engine.after_commit")
        for number, shard in self.shards.items():
            shard.lease = held[number]
            shard.ticks = []
            shard.recorders.written()
        self._committed_at = time.monotonic()

    def _oversee(self) -> None:
        oversight = self.oversight
        if oversight is None:
            return
        outputs = oversight.step()
        kept_lately = time.monotonic() - self._oversaw_at < leases.RENEWED_EVERY_S
        if kept_lately and not outputs and not oversight.ticks:
            return
        held = _reached(oversight)
        with transaction.atomic():
            leases.keep({OVERSEER: held})
            keeping.write_ticks({OVERSEER: oversight.ticks})
            writing.write(told.sort(outputs, oversight.provider_of), self._boards, ())
            crash.point("overseer.before_commit")
        crash.point("overseer.after_commit")
        oversight.lease = held
        oversight.ticks = []
        self._oversaw_at = time.monotonic()

    def _view(self, organization: int, session: str) -> boards.View | None:
        shard = self.shards.get(partition_of(organization, session))
        return None if shard is None else shard.engine.session_view(organization, session)

    @staticmethod
    def _provider_of(organization: int, session: str) -> str | None:  # noqa: ARG004 - partitions don't judge them
        return None

    # -- coming and going

    def _take(self) -> None:
        if time.monotonic() < self._take_at:
            return
        self._take_at = time.monotonic() + TAKEN_EVERY_S
        mine = {*self.shards, *([OVERSEER] if self.oversight else [])}
        with transaction.atomic():
            taken = leases.take(self.name, self._wanted - mine, self._at_most - len(mine))
        for lease in taken:
            began = time.monotonic()
            if lease.partition == OVERSEER:
                self.oversight = self._open_oversight(lease)
            else:
                self.shards[lease.partition] = self._open(lease)
            log.info("took partition %s, in %.2f s", lease.partition, time.monotonic() - began)

    def _open(self, lease: Lease) -> Shard:
        snapshot = keeping.read_snapshot(lease.partition)
        engine, position = None, 0
        if snapshot is not None:
            engine = _restored(bytes(snapshot.state), self._policies)
            position = snapshot.position if engine is not None else 0
        shard = Shard(
            lease, engine or Engine(versions=self._policies, keep_us=KEEP_US), self._events, self._policies
        )
        shard.resume(position, keeping.read_ticks(lease.partition))
        return shard

    @staticmethod
    def _open_oversight(lease: Lease) -> Oversight:
        snapshot = keeping.read_snapshot(OVERSEER)
        overseer, position = Overseer(), 0
        if snapshot is not None:
            try:
                overseer, position = Overseer.restore(bytes(snapshot.state)), snapshot.position
            except OtherFormat as error:
                log.warning("the overseer's snapshot cannot be used: %s", error)
        oversight = Oversight(lease, overseer)
        oversight.resume(position, keeping.read_ticks(OVERSEER))
        return oversight

    def let_go(self) -> None:
        """On the way out: what was read and not committed is read again by the next owner."""
        held = {number: shard.lease for number, shard in self.shards.items()}
        if self.oversight is not None:
            held[OVERSEER] = self.oversight.lease
        self.drop()
        self.snapshots.close()
        if held:
            with transaction.atomic():
                leases.let_go(held)

    def drop(self) -> None:
        """Forget everything; the leases run out, or are taken anew by this same owner."""
        self.shards = {}
        self.oversight = None
        self._take_at = 0.0

    def _snapshot(self) -> None:
        """One partition's, the one that has waited longest. Only after a commit: nothing is in between."""
        now = time.monotonic()
        holders: dict[int, Shard | Oversight] = {**self.shards}
        if self.oversight is not None:
            holders[OVERSEER] = self.oversight
        if now < self._snapshot_at or not holders or self.snapshots.busy:
            return
        number = min(holders, key=lambda each: self._snapshots_at.get(each, 0.0))
        holder = holders[number]
        holder.forget(holder.lease.judged_until)
        self.snapshots.write_soon(Snapshot(holder.lease, holder.snapshot()))
        self._snapshots_at[number] = now
        self._snapshot_at = now + max(SNAPSHOT_EVERY_S, (time.monotonic() - now) / SNAPSHOT_SHARE)


def _reached(shard: Shard | Oversight) -> Lease:
    until = shard.ticks[-1].at if shard.ticks else shard.lease.judged_until
    return Lease(shard.lease.partition, shard.lease.epoch, shard.position, until)


def _restored(state: bytes, policies: Policies) -> Engine | None:
    try:
        return Engine.restore(state, versions=policies, keep_us=KEEP_US)
    except OtherFormat as error:
        log.warning("a snapshot cannot be used (%s); its partition is judged from the log anew", error)
        return None
