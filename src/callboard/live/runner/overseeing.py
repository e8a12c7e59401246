"""The overseer in its owner's hands: fed by what partitions committed, judged until where all of them are."""

from __future__ import annotations

from callboard.live.engine.outputs import Output, Withdrawn
from callboard.live.engine.overseer import Overseer
from callboard.live.runner import keeping, leases
from callboard.live.runner.leases import OVERSEER, Lease
from callboard.live.runner.shard import Tick
from callboard.live.runner.told import PROVIDER_KIND

AT_ONCE = 500


class Oversight:
    """Like a shard, with the partitions' sightings for a log."""

    def __init__(self, lease: Lease, overseer: Overseer) -> None:
        self.lease = lease
        self.overseer = overseer
        self.position = lease.position
        self.ticks: list[Tick] = []

    def resume(self, position: int, ticks: list[Tick]) -> None:
        """From the snapshot at `position` to the lease's: everything again, and nothing said."""
        index = 0
        while position < self.lease.position:
            told = keeping.sightings(position, self.lease.position, AT_ONCE)
            for id_, partition, drained in told:
                while index < len(ticks) and ticks[index].position < id_:
                    self.overseer.advance(ticks[index].at)
                    index += 1
                self.overseer.take(partition, drained)
                position = id_
            if not told:
                break
        for tick in ticks[index:]:
            self.overseer.advance(tick.at)
        self.position = self.lease.position

    def step(self) -> list[Output]:
        """Take what was told since, and judge until where every partition has been judged.

        How far they are is read first: what they told until then is then to be seen.
        """
        until = leases.judged_until()
        while told := keeping.sightings(self.position, None, AT_ONCE):
            for id_, partition, drained in told:
                self.overseer.take(partition, drained)
                self.position = id_
            if len(told) < AT_ONCE:
                break
        due = self.overseer.next_due()
        fresh = self.position > self.lease.position
        if until <= self.lease.judged_until or not (fresh or (due is not None and due <= until)):
            return []
        self.ticks.append(Tick(self.position, until))
        return [output for output in self.overseer.advance(until) if not self._still_quiet(output)]

    def _still_quiet(self, output: Output) -> bool:
        """A provider's silence is one case, told of at each of its live sessions: taken back at one, it may
        stand at another."""
        if not isinstance(output, Withdrawn) or output.kind != PROVIDER_KIND:
            return False
        provider = self.provider_of(output.organization, output.session)
        return provider is not None and self.overseer.holds_quiet(
            output.organization, provider, output.raised_at
        )

    def forget(self, now: int) -> None:
        self.overseer.forget(now)

    def snapshot(self) -> bytes:
        return self.overseer.snapshot()

    def provider_of(self, organization: int, session: str) -> str | None:
        place = self.overseer.place_of(organization, session)
        return None if place is None else place.provider


__all__ = ["OVERSEER", "Oversight"]
