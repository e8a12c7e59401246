"""Whether what was to be recorded is: not started, stalled, missing, bad.

The fold takes the recorders' events and the steps of the room. A recorder runs from its start (or its first
sign of life) until it stops or fails, or until it has been stuck for too long.
"""

from __future__ import annotations

from copy import copy
from typing import NamedTuple, Self

import msgspec

from callboard.live.engine.book import Book
from callboard.live.engine.fold import NEVER, Item
from callboard.live.engine.moments import seconds
from callboard.live.engine.thresholds import Rules
from callboard.live.engine.wording import length, when


class RecorderState(NamedTuple):
    """`shown` is when it last showed progress; `best` the most seconds it told of, in microseconds."""

    started_at: int
    ended_at: int | None = None
    shown_at: int | None = None
    last: int = 0
    best: int = 0
    evidence: str = ""

    def runs_until(self, rules: Rules) -> int:
        if self.ended_at is not None:
            return self.ended_at
        return NEVER if self.shown_at is None else self.shown_at + rules.recorder_stuck

    def trouble_due(self, rules: Rules) -> int:
        """When it alone would be a stall."""
        if self.ended_at is not None:
            return self.ended_at + rules.recorder_gone
        return NEVER if self.shown_at is None else self.shown_at + rules.recorder_stuck


class Recording(msgspec.Struct):
    """The state of one session's recorders."""

    rules: Rules
    due: int = NEVER
    fired: int = 0
    book: Book = msgspec.field(default_factory=Book)
    planned: bool = False
    wanted: bool = False
    cancelled: bool = False
    live_since: int | None = None
    live_evidence: str = ""
    ended_at: int | None = None
    ran_at: int | None = None
    file_at: int | None = None
    recorders: dict[str, RecorderState] = msgspec.field(default_factory=dict)
    given_up: bool = False
    """A later plan wants no recording any more: what ran has stopped rightly, and no file is waited for."""
    again_at: int | None = None
    """Since when it is wanted again after that: a recorder that had stopped has as long from then."""

    def copy(self) -> Self:
        twin = copy(self)
        twin.book = self.book.copy()
        twin.recorders = self.recorders.copy()
        return twin

    def apply(self, item: Item) -> None:
        at, event_id, code, *rest = item[0], item[2], *item[4:]
        match code:
            case "recording.progress":
                self._progress(at, event_id, rest[0], rest[1])
            case "live":
                self.live_since = at if rest[0] else None
                self.live_evidence = event_id
            case "ended":
                self.ended_at = at if rest[0] else None
                if rest[0]:
                    self.book.end_unstable(at)
            case "cancelled":
                self.cancelled = rest[0]
                if rest[0]:
                    self.book.clear_all(at)
            case "wanted":
                self._wanted(at, rest[0])
            case "rules":
                self._ruled(at, rest[0])
            case "recording.started":
                self._started(at, event_id, rest[0])
            case "recording.stopped" | "recording.failed":
                self._stopped(at, event_id, rest[0])
            case "recording.file":
                self._file(at, event_id, rest[0], rest[1], rest[2])
        self._settle(at)

    def _wanted(self, at: int, wanted: bool) -> None:
        if wanted and self.given_up:
            self.again_at = at
        self.given_up = not wanted and (self.wanted or self.given_up)
        self.planned, self.wanted = True, wanted
        if not wanted:
            self.book.clear(self.rules, "recording_not_started", None, at)
        if self.given_up:
            self.book.clear(self.rules, "recording_stalled", None, at)
            self.book.clear(self.rules, "recording_missing", None, at)

    def _ruled(self, at: int, rules: Rules) -> None:
        self.rules = rules

        def holds(kind: str, _who: str | None) -> bool:
            match kind:
                case "recording_not_started":
                    return self.live_since is None or self.live_since + rules.recording_after_live <= at
                case "recording_stalled":
                    return any(self._stalls(name) <= at for name in self.recorders)
                case "recording_missing":
                    return self.ended_at is None or self.ended_at + rules.file_after <= at
            return True

        self.book.adopt(rules, at, holds)

    def _started(self, at: int, event_id: str, name: str) -> None:
        best = self.recorders[name].best if name in self.recorders else 0
        self.recorders[name] = RecorderState(at, best=best, evidence=event_id)
        self._ran(at)

    def _ran(self, at: int) -> None:
        if self.ran_at is None:
            self.ran_at = at
        self.book.clear(self.rules, "recording_not_started", None, at)

    def _progress(self, at: int, event_id: str, name: str, total: int) -> None:
        one = self.recorders.get(name)
        if one is None:
            one = RecorderState(at)
            self._ran(at)
        if total <= one.last:
            self.recorders[name] = one
            return
        best = total if total > one.best else one.best
        self.recorders[name] = RecorderState(one.started_at, None, at, total, best, event_id)
        self.book.clear(self.rules, "recording_stalled", None, at)

    def _stopped(self, at: int, event_id: str, name: str) -> None:
        one = self.recorders.get(name)
        if one is not None and one.ended_at is None:
            self.recorders[name] = one._replace(ended_at=at, evidence=event_id)

    def _file(self, at: int, event_id: str, name: str, total: int | None, silent: bool) -> None:
        if self.file_at is None:
            self.file_at = at
        self.book.clear(self.rules, "recording_missing", None, at)
        if self.cancelled or self.book.is_open("recording_bad"):
            return
        params: dict[str, str | int] = {"recorder": name}
        recorded = self.recorded(name)
        key = None
        if silent:
            key = "recording_silent"
        elif total is not None and recorded and total < round(self.rules.file_share * recorded):
            key = "recording_short"
            params |= {"got": length(total), "recorded": length(recorded)}
        if key is not None:
            one = self.recorders.get(name)
            ids = (event_id,) if one is None or not one.evidence else (one.evidence, event_id)
            self.book.raise_(self.rules, "recording_bad", None, at, key, params, ids)

    def recorded(self, name: str) -> int | None:
        """What that recorder recorded: its largest `seconds`, else from its start to its end."""
        one = self.recorders.get(name)
        if one is None:
            return None
        if one.best:
            return one.best
        return None if one.ended_at is None else one.ended_at - one.started_at

    # -- what falls due

    def fire(self) -> None:
        at = self.fired = self.due
        self._settle(at)

    def _settle(self, at: int) -> None:
        while True:
            due, kind, name = self._upcoming()
            if due > at:
                self.due = due
                return
            self._happen(kind, name, at)

    def _upcoming(self) -> tuple[int, str, str]:
        book, rules = self.book, self.rules
        best = (book.calm_due(), "calm", "")
        if self.cancelled or self.given_up:
            return best
        if self.live_since is not None:
            if self.ran_at is None:
                if self.planned and self.wanted and not book.is_open("recording_not_started"):
                    best = min(
                        best, (self.live_since + rules.recording_after_live, "recording_not_started", "")
                    )
            elif not book.is_open("recording_stalled"):
                for name in self.recorders:
                    stalls = (self._stalls(name), "recording_stalled", name)
                    if stalls < best:
                        best = stalls
        elif (
            self.planned
            and self.ended_at is not None
            and self.ran_at is not None
            and self.file_at is None
            and not book.is_open("recording_missing")
        ):
            best = min(best, (self.ended_at + rules.file_after, "recording_missing", ""))
        return best

    def _stalls(self, name: str) -> int:
        """When this recorder's trouble is a stall: none other has run for a minute."""
        rules = self.rules
        due = self.recorders[name].trouble_due(rules)
        if self.again_at is not None:
            due = max(due, self.again_at + rules.recorder_gone)
        if len(self.recorders) == 1:
            return due
        for other, one in self.recorders.items():
            if other != name:
                until = one.runs_until(rules)
                due = max(due, NEVER if until == NEVER else until + rules.recorder_gone)
        return due

    def _happen(self, kind: str, name: str, at: int) -> None:
        if kind == "calm":
            self.book.settle_calm(at)
            return
        key = kind
        params: dict[str, str | int]
        evidence: tuple[str, ...] = ()
        if kind == "recording_not_started":
            params = {"live": when(self.live_since or at)}
            evidence = (self.live_evidence,) if self.live_evidence else ()
        elif kind == "recording_missing":
            params = {"ended": when(self.ended_at or at)}
            evidence = tuple(one.evidence for one in self.recorders.values() if one.evidence)
        else:
            one = self.recorders[name]
            key = "recording_stuck" if one.ended_at is None else "recording_stopped"
            params = {"recorder": name, "since": when(one.ended_at or one.shown_at or at)}
            evidence = (one.evidence,) if one.evidence else ()
        self.book.raise_(self.rules, kind, None, at, key, params, evidence)


def total_us(value: float | None) -> int | None:
    return None if value is None else seconds(value)
