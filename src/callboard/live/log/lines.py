"""A line of the log, and which partition it lies in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import msgspec

from callboard.live.partitions import PARTITIONS

LOCK = 0x43616C6C6C6F67
"""The advisory lock that every writer holds from its first line to its commit: the log's order is theirs."""

CHANNEL = "callboard_log"
"""Where writers say, at their commit, that there is more to read."""

COLUMNS = (
    "organization_id",
    "partition",
    "session",
    "event_id",
    "kind",
    "participant",
    "at",
    "received_at",
    "mark",
    "data",
)
TABLE = "callboard_live_event"


class Line(msgspec.Struct, gc=False, frozen=True):
    """One event to be kept. Times in microseconds since 1970; `data` is JSON with neither names nor words."""

    organization: int
    session: str
    id: str
    kind: str
    at: int
    received_at: int
    participant: str | None = None
    data: str = "{}"
    mark: str = ""


class Stored(msgspec.Struct, gc=False, frozen=True):
    """A line as it lies in the log, at its position."""

    position: int
    partition: int
    line: Line


@dataclass(frozen=True)
class Batch:
    """What one read found, in each partition's own order, and up to where each has now been read."""

    lines: Sequence[Stored]
    positions: Mapping[int, int]
    full: bool = False
    """There is more to read at once."""


def partition_of(organization: int, session: str) -> int:
    """Which partition a session's events lie in: the same one always, on every machine."""
    return crc32(f"{organization}/{session}".encode()) % PARTITIONS


def partitions_of(lines: Sequence[Line]) -> set[int]:
    return {partition_of(line.organization, line.session) for line in lines}
