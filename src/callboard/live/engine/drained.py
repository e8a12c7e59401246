"""What a partition's engine tells the overseer: little, and the same however often it is told."""

from __future__ import annotations

import msgspec

from callboard.live.engine.outputs import Cleared, Place, Raised, Reopened, Withdrawn
from callboard.live.engine.thresholds import Rules


class Sighted(msgspec.Struct, frozen=True):
    """When something was seen of a provider: all of the partition's stretches, and the latest event."""

    organization: int
    provider: str
    spans: tuple[tuple[int, int], ...]
    evidence: str = ""


class LiveStretches(msgspec.Struct, frozen=True):
    """When a session was live; the last may go on."""

    organization: int
    session: str
    place: Place
    spans: tuple[tuple[int, int | None], ...]


class Ruled(msgspec.Struct, frozen=True):
    """Since when an organization's newest rules are in force."""

    organization: int
    at: int
    rules: Rules


class Drained(msgspec.Struct):
    """Since the last time."""

    sighted: list[Sighted] = msgspec.field(default_factory=list)
    live: list[LiveStretches] = msgspec.field(default_factory=list)
    cases: list[Raised | Cleared | Reopened | Withdrawn] = msgspec.field(default_factory=list)
    rules: list[Ruled] = msgspec.field(default_factory=list)
