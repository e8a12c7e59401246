"""What the live path needs from outside: an append-only log of events that it can read by partition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from callboard.live.log.lines import Batch, Line, Stored


class EventLog(Protocol):
    """An append-only log, split into partitions; a session's events all lie in one, in order of commit.

    A position counts within its partition and only grows; 0 is before the first line. `append` returns once
    the lines are as durable as the log can make them, or, where it shares the caller's transaction, once that
    commits.
    """

    def append(self, lines: Sequence[Line]) -> None: ...

    def read(self, positions: Mapping[int, int], limit: int) -> Batch:
        """The lines after each partition's position, at most `limit` in all."""
        ...

    def of_session(self, organization: int, session: str, until: int | None = None) -> Sequence[Stored]:
        """All lines of one session, up to and with position `until`."""
        ...
