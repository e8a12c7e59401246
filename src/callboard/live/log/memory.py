"""The log in memory: for tests, and for a school that lives in virtual time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callboard.live.log.lines import Batch, Line, Stored, partition_of


class MemoryLog:
    """Keeps lines in the order in which they were appended, and loses them with the process."""

    def __init__(self) -> None:
        self._lines: list[Stored] = []

    def append(self, lines: Sequence[Line]) -> None:
        for line in lines:
            partition = partition_of(line.organization, line.session)
            self._lines.append(Stored(len(self._lines) + 1, partition, line))

    def read(self, positions: Mapping[int, int], limit: int) -> Batch:
        reached = dict(positions)
        found: list[Stored] = []
        for stored in self._lines[min(positions.values(), default=0) :]:
            if stored.partition not in positions or stored.position <= positions[stored.partition]:
                continue
            if len(found) == limit:
                return Batch(found, reached, True)
            found.append(stored)
            reached[stored.partition] = stored.position
        return Batch(found, reached)

    def of_session(self, organization: int, session: str, until: int | None = None) -> Sequence[Stored]:
        return [
            stored
            for stored in self._lines
            if (stored.line.organization, stored.line.session) == (organization, session)
            and (until is None or stored.position <= until)
        ]
