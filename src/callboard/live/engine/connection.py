"""One person's connection, each direction for itself: `bad_connection`.

Bad is any figure over its bound, good is all at or below half; between the two it is neither, and breaks both
rows. The fold takes the reports, already told apart, and the steps that concern the person.
"""

from __future__ import annotations

from copy import copy
from typing import Self

import msgspec

from callboard.live.engine.book import Book
from callboard.live.engine.events import Report
from callboard.live.engine.fold import NEVER, Item
from callboard.live.engine.thresholds import Rules
from callboard.live.engine.wording import length

BAD, MIDDLING, GOOD, NOTHING = 2, 1, 0, -1


def judged(report: Report, rules: Rules) -> int:
    """Bad, good or neither; NOTHING where no figure is there to be judged."""
    loss, rtt, jitter = report.loss, report.rtt_ms, report.jitter_ms
    if loss is None:
        if rtt is None and jitter is None:
            return NOTHING
        loss = 0.0
    if rtt is None:
        rtt = 0.0
    if jitter is None:
        jitter = 0.0
    if loss <= rules.loss / 2 and rtt <= rules.rtt_ms / 2 and jitter <= rules.jitter_ms / 2:
        return GOOD  # as most are
    if loss > rules.loss or rtt > rules.rtt_ms or jitter > rules.jitter_ms:
        return BAD
    return MIDDLING


class Direction(msgspec.Struct):
    """How long it has been bad, or good, in a row; whether it holds a case open; the bad reports."""

    name: str
    bad: int = 0
    good: int = 0
    holds: bool = False
    evidence: tuple[str, ...] = ()

    def reset(self) -> None:
        self.bad = self.good = 0
        self.holds = False
        self.evidence = ()


class Connection(msgspec.Struct):
    """The state of one person's connection. Nothing is judged while they are gone, or it is over.

    `book` is None for the many who never had a case.
    """

    rules: Rules
    who: str
    due: int = NEVER
    fired: int = 0
    book: Book | None = None
    up: Direction = msgspec.field(default_factory=lambda: Direction("up"))
    down: Direction = msgspec.field(default_factory=lambda: Direction("down"))
    gone: bool = False
    ended: bool = False
    cancelled: bool = False
    well: bool = True  # one more good report would change nothing

    def copy(self) -> Self:
        twin = copy(self)
        if self.book is not None:
            twin.book = self.book.copy()
        twin.up, twin.down = copy(self.up), copy(self.down)
        return twin

    def apply(self, item: Item) -> None:
        at, code, value = item[0], item[4], item[5]
        if code == "up" or code == "down":
            side = self.up if code == "up" else self.down
            if value == GOOD:
                if side.bad or side.holds:
                    self._good(side, at, item[6])
            elif not (self.gone or self.ended or self.cancelled):
                if value == BAD:
                    self._bad(side, at, item[2], item[6])
                elif value == MIDDLING:
                    side.bad = side.good = 0
            up, down = self.up, self.down
            self.well = self.book is None and not (up.bad or down.bad or up.holds or down.holds)
            if self.book is None:
                return
        elif code == "in":
            self.gone = False
        elif code == "out":
            self.gone = True
            self._shut(at)
        elif code == "ended":
            self.ended = value
            if value:
                self._shut(at)
                if self.book is not None:
                    self.book.end_unstable(at)
        elif code == "cancelled":
            self.cancelled = value
            if value:
                self._shut(at)
                if self.book is not None:
                    self.book.clear_all(at)
        elif code == "rules":
            self._ruled(at, value)
        if self.book is not None:
            self.due = self.book.calm_due()

    def _ruled(self, at: int, rules: Rules) -> None:
        self.rules = rules
        if self.book is None:
            return
        sides = (self.up, self.down)
        self.book.adopt(rules, at, lambda _kind, _who: any(s.holds and s.bad >= rules.bad_for for s in sides))
        if not self.book.is_open("bad_connection", self.who):
            for side in sides:
                side.holds = False  # the next bad report may raise it

    def _good(self, side: Direction, at: int, interval: int) -> None:
        side.bad = 0
        if not side.holds:
            return
        side.good += interval
        if side.good >= self.rules.good_for:
            side.reset()
            if self.book is not None and not (self.up.holds or self.down.holds):
                self.book.clear(self.rules, "bad_connection", self.who, at)

    def _bad(self, side: Direction, at: int, event_id: str, interval: int) -> None:
        side.evidence = (*(side.evidence if side.bad else ()), event_id)[-12:]
        side.good = 0
        side.bad += interval
        if side.bad < self.rules.bad_for or side.holds:
            return
        side.holds = True
        if self.book is None:
            self.book = Book()
        if not self.book.is_open("bad_connection", self.who):
            params: dict[str, str | int] = {
                "participant": self.who,
                "direction": side.name,
                "length": length(side.bad),
            }
            self.book.raise_(
                self.rules, "bad_connection", self.who, at, "bad_connection", params, side.evidence
            )

    def _shut(self, at: int) -> None:
        self.up.reset()
        self.down.reset()
        if self.book is not None:
            self.book.clear(self.rules, "bad_connection", self.who, at)

    def fire(self) -> None:
        at = self.fired = self.due
        self.due = NEVER
        if self.book is not None:
            self.book.settle_calm(at)
            self.due = self.book.calm_due()
