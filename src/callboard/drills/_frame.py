"""What all drills share: the stage they run on, its time budget, and processes that die on it.

A drill is `run(stage) -> results`. The stage gives it a throwaway database, a seeded source of chance, the
superuser's connection for an audit in SQL of its own, and `Victim`s: processes of the product that are
killed at seeded moments and at named crash points (lib.crash), and started again.
"""

from __future__ import annotations

import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import psycopg

from callboard.lib.postgres.provision import Logins

Results = dict[str, Any]

KILL_EVERY = 5.0  # seconds of killing within which at least one kill is due
SPREAD_LEAST, SPREAD_MOST = 0.4, 2.5  # seconds that a ready victim lives at most, drawn between these


READY_FILE = "CALLBOARD_DRILL_READY"


def say_ready() -> None:
    """Called by a victim written for a drill, once it is about to work."""
    place = Path(os.environ[READY_FILE])
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_suffix(".partial")
    partial.write_text(str(os.getpid()))
    partial.replace(place)


@dataclass
class Budget:
    """The wall time of the whole command: `seconds` from `started` (time.monotonic)."""

    seconds: float
    started: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        """Seconds until the whole is due to end; negative past it."""
        return self.seconds - self.elapsed

    def reserve(self, seconds: float) -> float:
        """The monotonic moment at which so many seconds will be left."""
        return self.started + self.seconds - seconds


class Stage:
    """Where a drill runs. As a context manager: whatever it started is gone at the end of the block."""

    def __init__(
        self,
        *,
        data_dir: Path,
        logins: Logins,
        admin_url: str,
        seed: int,
        budget: Budget,
        say: Callable[[str], None],
    ) -> None:
        self.data_dir = data_dir
        self.logins = logins
        self.admin_url = admin_url
        self.seed = seed
        self.budget = budget
        self.say = say
        self.kills = 0
        self.killed_at: list[float] = []
        self.points: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._victims: list[Victim] = []
        self._complained: set[str] = set()
        self._guard: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Stage:
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "callboard.lib.processes.guard"],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for victim in self._victims:
            victim.end()
        if self._guard is not None and self._guard.stdin is not None:
            with suppress(BrokenPipeError):
                self._guard.stdin.close()
            self._guard.wait()

    def chance(self, name: str) -> random.Random:
        """A source of chance of its own for each name, from the seed: threads cannot disturb each other."""
        return random.Random(f"{self.seed}:{name}")  # noqa: S311 - repeatable, not secret

    def admin(self) -> psycopg.Connection[tuple[Any, ...]]:
        """The superuser's connection: sees past row-level security, for the audit. Autocommit."""
        return psycopg.connect(self.admin_url, autocommit=True, connect_timeout=10)

    def victim(
        self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> Victim:
        """A process of the product that will be killed; not yet started."""
        victim = Victim(self, name, command, environment or {})
        self._victims.append(victim)
        return victim

    def count_kill(self, point: str | None = None) -> None:
        """One kill more, at this moment; `point` where it happened at a named crash point."""
        with self._lock:
            self.kills += 1
            self.killed_at.append(time.time())
            if point is not None:
                self.points[point] += 1

    def complain(self, victim: Victim) -> None:
        """Say, once for each victim, that it ended by itself, which none should."""
        with self._lock:
            known = victim.name in self._complained
            self._complained.add(victim.name)
        if not known:
            self.say(f"{victim.name} ended by itself; its log ends with:\n{victim.last_words()}")

    def tell_guard(self, what: str, group: int) -> None:
        with self._lock:
            if self._guard is not None and self._guard.stdin is not None:
                with suppress(BrokenPipeError):
                    self._guard.stdin.write(f"{what}{group}\n".encode())
                    self._guard.stdin.flush()

    def ready(self, victim: Victim) -> bool:
        """Whether the victim's current life has said that it is ready (see `say_ready`)."""
        try:
            return (self.data_dir / "ready" / victim.name).read_text() == str(victim.pid)
        except FileNotFoundError:
            return False

    def points_of(self, names: Iterable[str]) -> dict[str, int]:
        """How often each named crash point was hit; one that never was is listed with 0."""
        return {name: self.points[name] for name in names}


class Drill(Protocol):
    """A drill's `run`: plays on the stage and returns its results, `passed` among them."""

    def __call__(self, stage: Stage) -> Results: ...


class Victim:
    """One process of the product, in a process group of its own, started and killed again and again."""

    def __init__(
        self, stage: Stage, name: str, command: Sequence[str], environment: Mapping[str, str]
    ) -> None:
        self.stage = stage
        self.name = name
        self._command = list(command)
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._crashes = stage.data_dir / "crashes" / name
        self._crashes.parent.mkdir(parents=True, exist_ok=True)
        self._seen = 0

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, crash_at: str = "") -> None:
        """Start it, to die at a crash point ("name:count") where one is given."""
        log_dir = self.stage.data_dir / "logs"
        log_dir.mkdir(parents=True, exist_ok=True)
        environment = {
            **os.environ,
            **self.stage.logins.environment(),
            **self._environment,
            "CALLBOARD_PROCESS": f"callboard-{self.name}",
            "CALLBOARD_CRASH_AT": crash_at,
            READY_FILE: str(self.stage.data_dir / "ready" / self.name),
            "CALLBOARD_CRASH_LOG": str(self._crashes),
        }
        with (log_dir / f"{self.name}.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        self.stage.tell_guard("+", self._process.pid)

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> str | None:
        """SIGKILL to it and all its children, now; counts it. The crash point where it died of one."""
        assert self._process is not None
        by_itself = self._process.poll() is not None
        self._signal(signal.SIGKILL)
        self._process.wait()
        self.stage.tell_guard("-", self._process.pid)
        point = self._died_at()
        if point is not None or not by_itself:
            self.stage.count_kill(point)
        else:
            self.stage.complain(self)
        return point

    def live_once(self, chance: random.Random, *, crash_at: str, ready: Callable[[], bool]) -> str | None:
        """One life: start, wait until it is ready, then death at the point or at a seeded moment after it."""
        self.start(crash_at)
        most = chance.uniform(SPREAD_LEAST, SPREAD_MOST)
        deadline = time.monotonic() + 20.0
        while self.alive() and not ready() and time.monotonic() < deadline:
            time.sleep(0.05)
        deadline = time.monotonic() + most
        while self.alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.kill()

    def end(self) -> None:
        """Stop it without counting: asked first, then killed."""
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(3.0)
        self._signal(signal.SIGKILL)
        self._process.wait()
        self.stage.tell_guard("-", self._process.pid)

    def last_words(self, lines: int = 20) -> str:
        """The end of its log, for a person whose drill went wrong."""
        with suppress(OSError):
            text = (self.stage.data_dir / "logs" / f"{self.name}.log").read_text(errors="replace")
            return "\n".join(text.splitlines()[-lines:])
        return ""

    def _signal(self, signum: signal.Signals) -> None:
        assert self._process is not None
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signum)

    def _died_at(self) -> str | None:
        """The crash point written since the last look."""
        try:
            lines = self._crashes.read_text().splitlines()
        except FileNotFoundError:
            return None
        fresh = lines[self._seen :]
        self._seen = len(lines)
        return fresh[-1] if fresh else None


class Killing:
    """Kills victims over and over, one thread each, until a moment; then leaves them dead.

    A victim's first lives are armed with its crash points, one each in a seeded order, so that each has its
    turn; after those every other life is, and the others die at a seeded moment.
    """

    def __init__(
        self,
        stage: Stage,
        victims: Sequence[Victim],
        *,
        points: Mapping[str, Sequence[str]],
        ready: Callable[[Victim], bool],
        passes: int | Mapping[str, int] = 8,
    ) -> None:
        """`points`: which crash points each victim (by name) has. `passes`: most before it kills,
        for all points or for each."""
        self._stage = stage
        self._victims = victims
        self._points = points
        self._ready = ready
        self._passes = passes if isinstance(passes, Mapping) else defaultdict(lambda: passes)
        self.seconds = 0.0

    def until(self, moment: float, *, meanwhile: Callable[[], object] | None = None) -> None:
        """Kill until the monotonic moment; `meanwhile` runs in this thread."""
        began = time.monotonic()
        threads = [
            threading.Thread(target=self._kill, args=(victim, moment), name=f"killing {victim.name}")
            for victim in self._victims
        ]
        for thread in threads:
            thread.start()
        try:
            if meanwhile is not None:
                meanwhile()
        finally:
            for thread in threads:
                thread.join()
            self.seconds += time.monotonic() - began

    def enough(self) -> bool:
        """Whether there was at least one kill per five seconds of the killing."""
        return self._stage.kills > 0 and self._stage.kills >= int(self.seconds / KILL_EVERY)

    def _order(self, victim: Victim) -> list[str]:
        """The victim's points in a seeded order; victims that share theirs begin at different ones."""
        points = list(self._points.get(victim.name, ()))
        self._stage.chance(f"order of {points}").shuffle(points)
        begin = self._victims.index(victim) * len(points) // len(self._victims)
        return points[begin:] + points[:begin]

    def _kill(self, victim: Victim, moment: float) -> None:
        chance = self._stage.chance(victim.name)
        points = self._order(victim)
        life = 0
        while time.monotonic() < moment:
            armed = ""
            if points and (life < len(points) or life % 2 == 0):
                point = points[life % len(points)]
                armed = f"{point}:{chance.randint(1, self._passes[point])}"
            victim.live_once(chance, crash_at=armed, ready=lambda: self._ready(victim))
            life += 1


def percentiles(seconds: Sequence[float]) -> tuple[float | None, float | None]:
    """The median and the largest, to milliseconds; None where there is nothing to tell of."""
    if not seconds:
        return None, None
    return round(statistics.median(seconds), 3), round(max(seconds), 3)
