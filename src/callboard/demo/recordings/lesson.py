"""One lesson and its recorders in virtual time, as the evidence has it and as it is.

1. Every five seconds the sweep looks at what the evidence says, and `sessions.recovery` decides.
2. The provider's webhooks come late, and one in twenty never; every twenty seconds the poll tells what is so.
3. Our own recorder writes its evidence itself; its process dies now and then and another takes over.
4. When the lesson is over, the files arrive and are measured.
Times are seconds since the lesson went live.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from callboard.demo.recordings import fates
from callboard.demo.recordings.fates import Fate
from callboard.sessions import recovery

SWEPT_EVERY = 5.0
POLLED_EVERY = 20.0
OWN_PROGRESS = 10.0
HOOKS_LOST = 0.05
HOOK_TAKES = (0.05, 1.5)
FILE_TAKES = (10.0, 90.0)
ZERO = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass
class Recorder:
    """One that was asked for: what becomes of it (`fate`), and what the evidence says so far."""

    name: str
    by: str
    asked: float
    fate: Fate
    spans: list[tuple[float, float | None]] = field(default_factory=list)
    known: str = ""
    lost_at: float | None = None
    shown_at: float | None = None
    told_at: float | None = None
    seconds: float = 0.0
    recorded: float = 0.0

    def running(self, now: float) -> bool:
        return any(start <= now and (end is None or now < end) for start, end in self.spans)

    def heard(self, now: float) -> float:
        """Seconds recorded by then."""
        stuck = None if self.fate.stuck is None else self.asked + self.fate.stuck
        total = 0.0
        for start, end in self.spans:
            until = min(now, now if end is None else end, now if stuck is None else stuck)
            total += max(0.0, until - start)
        return total


@dataclass(frozen=True)
class Told:
    """A piece of evidence: when it was, and when it came."""

    at: float
    arrived: float
    kind: str
    recorder: str = ""
    seconds: float | None = None
    silent: bool = False


class Lesson:
    """See the module. `lost` is how many seconds of it are in no file."""

    def __init__(
        self, rng: random.Random, length: float, own: str, fault: str | None = None, *, helped: bool = True
    ) -> None:
        """`fault`: what befalls its first recorder, else as the rates say. Not `helped`: nothing is asked for
        but that first one.
        """
        self.length = length
        self.told: list[Told] = []
        self.faults: list[str] = []
        self.lost = 0.0
        self._rng = rng
        self._mode = own
        self._staged = fault
        self._helped = helped
        self._recorders: dict[str, Recorder] = {}
        self._queue: list[tuple[float, int, Callable[[float], None]]] = []
        self._numbers = count()

    @property
    def first(self) -> Recorder:
        """The recorder that was asked for when it went live."""
        return next(iter(self._recorders.values()))

    def play(self) -> None:
        """From its beginning until its files are there."""
        self._each(self._rng.uniform(0, SWEPT_EVERY), SWEPT_EVERY, self._sweep)
        self._each(self._rng.uniform(0, POLLED_EVERY), POLLED_EVERY, self._poll)
        while self._queue:
            now, _, happen = heapq.heappop(self._queue)
            if now >= self.length:
                break
            happen(now)
        self._end()

    def _at(self, moment: float, happen: Callable[[float], None]) -> None:
        heapq.heappush(self._queue, (moment, next(self._numbers), happen))

    def _each(self, first: float, step: float, happen: Callable[[float], None]) -> None:
        def again(now: float) -> None:
            happen(now)
            self._at(now + step, again)

        self._at(first, again)

    # -- what is decided

    def _sweep(self, now: float) -> None:
        quiet_after = recovery.QUIET_AFTER.total_seconds()
        for one in self._recorders.values():
            if one.known == "running" and one.shown_at is not None and now - one.shown_at >= quiet_after:
                one.known, one.lost_at = "quiet", one.shown_at
        every = self._recorders.values()
        if any(one.known == "running" for one in every) and (
            self._mode != "beside" or any(one.by == recovery.OWN for one in every)
        ):
            return
        if not self._helped and self._recorders:
            return
        for step in recovery.steps(self._picture(), _moment(now)):
            self._begin(step.by, now)

    def _picture(self) -> recovery.Picture:
        every = self._recorders.values()
        seen = [
            recovery.Seen(
                one.name, None if one.lost_at is None else _moment(one.lost_at), one.known == "quiet"
            )
            for one in every
            if one.known
        ]
        asked = [recovery.Asked(one.by, _moment(one.asked)) for one in every]
        return recovery.Picture(ZERO, self._mode, provider=True, own=True, seen=seen, asked=asked)

    def _begin(self, by: str, now: float) -> None:
        name = f"{by}-{len(self._recorders) + 1}"
        if by == recovery.OWN:
            one = Recorder(name, by, now, Fate("", 0.0))
            self._recorders[name] = one
            self._at(now + self._rng.uniform(*fates.OWN_STARTS_IN), lambda at: self._own_begins(one, at))
            return
        staged, self._staged = self._staged, None
        left = self.length - now
        fate = fates.draw(self._rng, left)
        if staged is not None:
            fate = fates.staged(staged, self._rng, self._rng.uniform(*fates.STARTS_IN), left)
        one = Recorder(name, by, now, fate)
        self._recorders[name] = one
        if fate.fault:
            self.faults.append(fate.fault)
        if fate.starts is not None:
            end = None if fate.ends is None else now + max(fate.ends, fate.starts)
            one.spans.append((now + fate.starts, end))
            self._hook(now + fate.starts, "recording.started", one)
            if end is not None and fate.reported:
                self._hook(end, f"recording.{fate.how}", one)

    # -- what is seen

    def _hook(self, at: float, kind: str, one: Recorder) -> None:
        if self._rng.random() >= HOOKS_LOST:
            self._at(at + self._rng.uniform(*HOOK_TAKES), lambda now: self._tell(at, now, kind, one))

    def _poll(self, now: float) -> None:
        """The provider's own recorders, as they are: one that is in the room goes on."""
        for one in self._recorders.values():
            if one.by != recovery.PROVIDER or not one.spans or one.spans[0][0] > now:
                continue
            if one.running(now):
                if not one.known:
                    self._tell(one.spans[0][0], now, "recording.started", one)
                heard = one.heard(now)
                if heard > one.seconds:
                    self._tell(now, now, "recording.progress", one, heard)
            elif one.known in {"running", "quiet"}:
                self._tell(now, now, f"recording.{one.fate.how}", one)

    def _tell(self, at: float, now: float, kind: str, one: Recorder, seconds: float | None = None) -> None:
        if at >= self.length:
            return
        what = kind.partition(".")[2]
        if what in {"stopped", "failed"}:
            if one.known == what:
                return
            one.known, one.lost_at = what, at
        elif what == "started":
            if one.known and one.by == recovery.PROVIDER:
                return
            one.known, one.lost_at = "running", None
        else:
            total = seconds or 0.0
            reached = at if one.told_at is None else min(at, one.told_at + total - one.seconds)
            one.known, one.lost_at, one.shown_at = "running", None, reached
            one.told_at, one.seconds = at, total
        self.told.append(Told(at, max(now, at), kind, one.name, seconds))

    # -- our own recorder

    def _own_begins(self, one: Recorder, now: float) -> None:
        dies = now + self._rng.expovariate(1 / fates.KILLED_EVERY)
        one.spans.append((now, dies))
        self._tell(now, now, "recording.started", one)
        self._at(now + OWN_PROGRESS, lambda at: self._own_goes_on(one, at, dies))
        if dies < self.length:
            back = dies + self._rng.uniform(*fates.TAKEN_OVER_IN)
            self._at(back, lambda at: self._own_begins(one, at))

    def _own_goes_on(self, one: Recorder, now: float, dies: float) -> None:
        if now < dies:
            self._tell(now, now, "recording.progress", one, one.heard(now))
            self._at(now + OWN_PROGRESS, lambda at: self._own_goes_on(one, at, dies))

    # -- the end

    def _end(self) -> None:
        """What runs is stopped; the files come, and what is in none of them is lost."""
        end = self.length
        covered: list[tuple[float, float]] = []
        for one in self._recorders.values():
            total = one.heard(end)
            if not total:
                continue
            if one.running(end) and one.known == "running":
                self.told.append(Told(end, end + 1, "recording.stopped", one.name))
            share = one.fate.share
            seconds = round(total * share, 1)
            arrives = end + self._rng.uniform(*FILE_TAKES)
            self.told.append(Told(arrives, arrives, "recording.file", one.name, seconds, not seconds))
            covered += _covered(one, end, total * share)
        self.lost = end - _union(covered)


def _covered(one: Recorder, end: float, seconds: float) -> list[tuple[float, float]]:
    """When what is in its file was recorded: the first so many seconds of it."""
    found = []
    stuck = end if one.fate.stuck is None else one.asked + one.fate.stuck
    for start, stop in one.spans:
        until = min(end, end if stop is None else stop, stuck, start + seconds)
        if until > start:
            found.append((start, until))
            seconds -= until - start
    return found


def _union(spans: list[tuple[float, float]]) -> float:
    total, reached = 0.0, 0.0
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def _moment(now: float) -> datetime:
    return ZERO + timedelta(seconds=now)
