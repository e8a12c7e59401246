"""Whether the instructor can be heard: `inaudible`.

The fold takes everybody's microphone tracks, the instructor's audio levels and speech, and the steps of the
room. A muted microphone is not inaudible, and silence is not: only no microphone at all, or an open one
through which nothing comes.
"""

from __future__ import annotations

from copy import copy
from typing import Self

import msgspec

from callboard.live.engine.book import Book
from callboard.live.engine.fold import NEVER, Item
from callboard.live.engine.thresholds import Rules
from callboard.live.engine.wording import length


class Audibility(msgspec.Struct):
    """`mics` maps who has a microphone published to since when it is open, or None while it is muted."""

    rules: Rules
    due: int = NEVER
    fired: int = 0
    book: Book = msgspec.field(default_factory=Book)
    instructor: str | None = None
    mics: dict[str, int | None] = msgspec.field(default_factory=dict)
    any_microphone: bool = False
    gone_since: int = 0  # the instructor's microphone
    gone_evidence: str = ""
    live_since: int | None = None
    heard_until: int = 0
    dead_from: int | None = None
    dead_last: int = 0
    dead_evidence: tuple[str, ...] = ()

    def copy(self) -> Self:
        twin = copy(self)
        twin.book = self.book.copy()
        twin.mics = self.mics.copy()
        return twin

    def apply(self, item: Item) -> None:
        at, event_id, code, who = item[0], item[2], item[4], item[5]
        match code:
            case "level":
                if who == self.instructor:
                    self._level(at, event_id, item[6], item[7])
            case "speech":
                if who == self.instructor:
                    self._heard(at, item[6])
            case "track.published":
                self.any_microphone = True
                self.mics[who] = at
            case "track.muted":
                self.mics[who] = None
                if who == self.instructor:
                    self.dead_from = None
                    self.book.clear(self.rules, "inaudible", who, at)
            case "track.unmuted":
                if self.mics.get(who) is None:
                    self.mics[who] = at
            case "track.unpublished" | "out":
                self._gone(at, event_id, who)
                if code == "out" and who == self.instructor:
                    self.book.clear(self.rules, "inaudible", who, at)
            case "live":
                self.live_since = at if who else None
                if who and at >= self.gone_since:
                    self.gone_evidence = event_id
                self.dead_from = None
            case "ended" | "cancelled":
                if who:
                    self.live_since = None
                    self.book.clear_all(at)
            case "instructor":
                self._instructor(at, who)
            case "rules":
                self._ruled(at, who)
        self._settle(at)

    def _ruled(self, at: int, rules: Rules) -> None:
        self.rules = rules

        def holds(_kind: str, who: str | None) -> bool:
            if who not in self.mics:
                since = max(self.gone_since, self.live_since or at, self.heard_until)
                return since + rules.inaudible_after <= at
            return self.dead_from is not None and self.dead_last - self.dead_from >= rules.inaudible_after

        self.book.adopt(rules, at, holds)

    def _gone(self, at: int, event_id: str, who: str) -> None:
        self.mics.pop(who, None)
        if who == self.instructor:
            self.gone_since, self.gone_evidence = at, event_id
            self.dead_from = None

    def _instructor(self, at: int, who: str | None) -> None:
        if self.instructor is not None:
            self.book.clear(self.rules, "inaudible", self.instructor, at)
        self.instructor = who
        self.dead_from = None
        self.gone_since = self.heard_until = at

    def _heard(self, at: int, until: int) -> None:
        if until > self.heard_until:
            self.heard_until = until
        self.dead_from = None
        self.book.clear(self.rules, "inaudible", self.instructor, at)

    def _level(self, at: int, event_id: str, level: float, interval: int) -> None:
        if level >= self.rules.audible_level:
            self._heard(at, at)
            return
        who = self.instructor
        opened = self.mics.get(who or "")
        if opened is None or self.live_since is None:
            self.dead_from = None
            return
        after = self.rules.inaudible_after
        if self.dead_from is None or at - self.dead_last > after:
            self.dead_from = max(at - interval, opened, self.live_since, self.heard_until)
            self.dead_evidence = ()
        self.dead_last = at
        self.dead_evidence = (*self.dead_evidence, event_id)[-12:]
        if at - self.dead_from >= after and not self.book.is_open("inaudible", who):
            self._raise(at, "dead_microphone", at - self.dead_from, self.dead_evidence)

    def fire(self) -> None:
        at = self.fired = self.due
        self._settle(at)

    def _settle(self, at: int) -> None:
        due = self._silent_due()
        if due <= at:
            evidence = (self.gone_evidence,) if self.gone_evidence else ()
            self._raise(at, "no_microphone", self.rules.inaudible_after, evidence)
            due = NEVER
        self.due = due

    def _silent_due(self) -> int:
        """When they will have been live for long enough without any microphone."""
        who = self.instructor
        if who in self.mics or who is None or self.live_since is None or not self.any_microphone:
            return NEVER
        if self.book.is_open("inaudible", who):
            return NEVER
        return max(self.gone_since, self.live_since, self.heard_until) + self.rules.inaudible_after

    def _raise(self, at: int, key: str, lasted: int, evidence: tuple[str, ...]) -> None:
        who = self.instructor
        assert who is not None
        params: dict[str, str | int] = {"participant": who, "length": length(lasted)}
        self.book.raise_(self.rules, "inaudible", who, at, key, params, evidence)
