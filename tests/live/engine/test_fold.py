"""Evidence that comes late is folded into its place, also where the state of that moment was marked."""

from __future__ import annotations

from typing import Self

import msgspec

from callboard.live.engine.fold import MARK_EVERY, NEVER, Fold, Item

WAIT = 100


class Silence(msgspec.Struct):
    """Notes each time that nothing came for so long."""

    due: int = NEVER
    fired: int = 0
    noted: list[int] = []

    def copy(self) -> Self:
        return type(self)(self.due, self.fired, self.noted.copy())

    def apply(self, item: Item) -> None:
        self.due = item[0] + WAIT

    def fire(self) -> None:
        self.noted.append(self.due)
        self.fired, self.due = self.due, NEVER


def item(at: int) -> Item:
    return (at, 0, str(at), 0, "said")


def test_late_evidence_takes_back_what_time_alone_had_brought_before_a_mark() -> None:
    fold = Fold(Silence())
    for at in range(1, MARK_EVERY + 1):
        fold.add(item(at))
    fold.run(1_000)
    fold.add(item(1_000))  # the state is marked before this one, with the silence in it
    assert fold.state.noted == [MARK_EVERY + WAIT]
    fold.add(item(MARK_EVERY + WAIT - 1))
    assert fold.state.noted == [MARK_EVERY + 2 * WAIT - 1]
