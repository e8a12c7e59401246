"""Evidence in the order of its times, however it arrives.

A `Fold` keeps what has been told of one thing (who is in a session, its recorders, one person's
connection), sorted, and the state that follows from it. What comes in order is applied at once. What comes
late is put where it belongs, and the state is wound back to a mark before it and folded anew; so the state
is always that of the events in order of their times, and what falls due between two of them has been judged
in between.

Items are tuples (at, rank, id, n, code, …) that compare by their first four; see `RANK`.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, Final, Generic, Protocol, Self, TypeVar

NEVER: Final = 1 << 62
MARK_EVERY: Final = 32

Item = tuple[Any, ...]

RANK: Final = {
    "session.planned": 0,
    "session.cancelled": 1,
    "room.lost": 2,
    "room.ready": 3,
    "room.started": 4,
    "participant.left": 5,
    "participant.joined": 6,
    "track.published": 7,
    "track.unmuted": 8,
    "track.muted": 9,
    "track.unpublished": 10,
    "recording.started": 11,
    "recording.progress": 12,
    "recording.stopped": 13,
    "recording.failed": 14,
    "recording.file": 15,
    "connection.report": 16,
    "speech": 17,
    "room.ended": 18,
}
"""Which of two events at the very same time comes first, so that it never hangs on their arrival.

A plan comes before what it judges; a room lost and ready at once is ready; whoever leaves and joins at once
is in; the end comes last.
"""

STEP: Final = frozenset({"in", "out", "live", "ended", "cancelled", "instructor", "wanted", "rules"})
"""Codes of the items that the fold of who is in (`presence`) hands on to the others."""


class State(Protocol):
    """What a fold folds: `due` is when it next has something to judge, `fired` when it last had."""

    due: int
    fired: int

    def apply(self, item: Item) -> None: ...
    def fire(self) -> None: ...
    def copy(self) -> Self: ...


S = TypeVar("S", bound=State)


class Fold(Generic[S]):
    """One thing's log, its state, and marks to go back to; `told` are the cases said of it, and their
    clearing.
    """

    __slots__ = ("floor", "log", "marks", "since_mark", "state", "told")

    def __init__(self, state: S) -> None:
        self.log: list[Item] = []
        self.state = state
        self.marks: list[tuple[int, S]] = [(0, state.copy())]
        self.since_mark = 0
        self.floor = 0
        self.told: dict[tuple[str, str | None, int], int | None] = {}

    def add(self, item: Item) -> bool:
        """Takes the item; whether it came late, so that the state was folded anew."""
        log, state = self.log, self.state
        if (log and item < log[-1]) or item[0] < state.fired:
            at = bisect_left(log, item)
            log.insert(at, item)
            self.refold(at)
            return True
        self._put(item, log, state)
        return False

    def keep(self, item: Item) -> bool:
        """Takes an item that changes nothing, in case something comes before it; not where it comes late."""
        log = self.log
        if (log and item < log[-1]) or item[0] < self.state.fired:
            return False
        self.since_mark += 1
        if self.since_mark > MARK_EVERY:
            self._mark()
        log.append(item)
        return True

    def _put(self, item: Item, log: list[Item], state: S) -> None:
        self.since_mark += 1
        if self.since_mark > MARK_EVERY:
            self._mark()
        log.append(item)
        while state.due <= item[0]:
            state.fire()
        state.apply(item)

    def _mark(self) -> None:
        self.marks.append((len(self.log), self.state.copy()))
        self.since_mark = 1

    def run(self, until: int) -> None:
        """Judges all that falls due until then."""
        state = self.state
        while state.due <= until:
            state.fire()

    def refold(self, index: int) -> None:
        """Folds anew from the place `index` of the log on."""
        marks, log = self.marks, self.log
        since = log[index][0] if index < len(log) else NEVER
        while len(marks) > 1 and (marks[-1][0] > index or marks[-1][1].fired > since):
            marks.pop()
        start, mark = marks[-1]
        rest = log[start:]
        del log[start:]
        state = self.state = mark.copy()
        self.since_mark = 0
        for item in rest:
            self._put(item, log, state)

    def replace_steps(self, steps: list[Item], since: Item) -> None:
        """Takes these steps in place of all it had from `since` on."""
        kept = [item for item in self.log if item[4] not in STEP or item < since]
        before = bisect_left(self.log, since)
        self.log = sorted([*kept, *steps])
        self.refold(before)

    def prune(self, floor: int) -> None:
        """Forgets what is older; evidence of before `self.floor` cannot be put in its place any more."""
        keep = bisect_left(self.log, (floor,))
        marks = self.marks
        first = 0
        while first + 1 < len(marks) and marks[first + 1][0] <= keep:
            first += 1
        gone = marks[first][0]
        if gone:
            self.floor = self.log[gone - 1][0]
            del self.log[:gone]
            self.marks = [(index - gone, state) for index, state in marks[first:]]
