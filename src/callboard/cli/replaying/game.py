"""Plays one file: its lines in order of arrival, into a world of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from callboard.cli.replaying.sources import BadLine, Source
from callboard.live.engine.moments import MINUTE
from callboard.live.engine.outputs import (
    Cleared,
    Incident,
    IncidentChanged,
    IncidentRaised,
    IncidentWithdrawn,
    Output,
    Raised,
    Reopened,
    Withdrawn,
)
from callboard.live.engine.world import World

RUN_ON = 35 * MINUTE
"""How long a file without a clock goes on after its last event."""

CaseKey = tuple[str, str, str | None, int]


class Told(msgspec.Struct):
    """A case as it stands, or was taken back."""

    case: Raised
    cleared_at: int | None = None
    withdrawn_at: int | None = None


@dataclass
class Game:
    """What came of one file."""

    source: Source
    world: World = field(init=False)
    cases: dict[CaseKey, Told] = field(default_factory=dict)
    withdrawn: list[Told] = field(default_factory=list)
    incidents: dict[tuple[str, str, int], Incident] = field(default_factory=dict)
    first_at: dict[str, int] = field(default_factory=dict)
    order: dict[str, None] = field(default_factory=dict)
    read: int = 0
    rejected: list[BadLine] = field(default_factory=list)
    until: int = 0
    watch: Callable[[Output], None] | None = None

    def __post_init__(self) -> None:
        self.world = World(self.hear, judge_quiet=self.source.polled)

    def play(self, wait: Callable[[int], None] | None, each: Callable[[], None]) -> None:
        """All of it. `wait` is called before each moment, with that moment; `each` after each line."""
        world, latest, clock = self.world, 0, 0
        for line in self.source.play():
            self.read += 1
            if isinstance(line, BadLine):
                self.rejected.append(line)
            else:
                at, kind = line.at, line.kind
                latest = max(latest, at)
                arrival = max(world.now, latest if line.received_at is None else line.received_at)
                if wait is not None:
                    self._pass(arrival, wait)
                if kind == "clock":
                    clock = max(clock, at)
                elif kind != "provider.polled":
                    self.order.setdefault(line.session)
                    if kind not in {"session.planned", "session.cancelled"}:
                        first = self.first_at.get(line.session)
                        if first is None or at < first:
                            self.first_at[line.session] = at
                world.arrive(line, arrival)
            each()
        end = clock if clock else max(latest, world.now) + RUN_ON
        if wait is not None:
            self._pass(end, wait)
        world.run(end)
        self.until = clock if clock else latest

    def _pass(self, until: int, wait: Callable[[int], None]) -> None:
        while (due := self.world.next_due()) <= until:
            wait(due)
            self.world.run(due)
        wait(until)

    def hear(self, output: Output) -> None:
        """Keeps what the world says."""
        match output:
            case Raised():
                self.cases[_key(output)] = Told(output)
            case Cleared():
                self.cases[_key(output)].cleared_at = output.cleared_at
            case Reopened():
                self.cases[_key(output)].cleared_at = None
            case Withdrawn():
                told = self.cases.pop(_key(output))
                told.withdrawn_at = output.withdrawn_at
                self.withdrawn.append(told)
            case IncidentRaised() | IncidentChanged():
                one = output.incident
                self.incidents[one.kind, one.key, one.raised_at] = one
            case IncidentWithdrawn():
                one = output.incident
                self.incidents.pop((one.kind, one.key, one.raised_at), None)
        if self.watch is not None:
            self.watch(output)


def _key(output: Raised | Cleared | Reopened | Withdrawn) -> CaseKey:
    return (output.session, output.kind, output.participant, output.raised_at)
