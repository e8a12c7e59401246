"""Start programs, restart those that crash, and stop them all in time.

Each program gets a session and process group of its own, so that Ctrl-C reaches the supervisor alone and
a stop reaches a program's own children too. When one ends unasked, what is left of its group is killed
(a listening grandchild would keep the port) and it is started again after a growing pause.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType

from callboard.lib.processes import guard, output

LOOK_EVERY = 0.1  # seconds
PAUSES = (0.1, 0.3, 1.0, 2.0, 5.0)  # seconds before each further restart in a row
SETTLED_AFTER = 10.0  # seconds of running after which a crash counts as the first again
STOP_PATIENCE = 4.0  # seconds between asking and killing; the database stops after this, and all within 10


@dataclass(frozen=True)
class Program:
    """What to run. `environment` is added to our own. `restart` False: it may end, and stays ended.

    `insist`: asked to stop, it would wait for whoever uses it, and stops when it is asked a second time.
    `leads`: it asks its own children to stop, once it is ready for their end; the others' are asked with it.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    restart: bool = True
    insist: bool = False
    leads: bool = False


@dataclass
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    started: float
    crashes: int = 0
    start_again_at: float | None = None


class Supervisor:
    """Runs programs together. As a context manager: start, and stop at the end of the block."""

    def __init__(
        self,
        programs: Iterable[Program],
        *,
        log_dir: Path | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        """`log_dir`: a log per program there; without it, prefixed lines on standard error."""
        self._programs = list(programs)
        self._log_dir = log_dir
        self._say = say or (lambda text: print(text, file=sys.stderr, flush=True))  # noqa: T201
        self._children: dict[str, _Child] = {}
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._interrupted = threading.Event()
        self._watcher: threading.Thread | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Supervisor:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the guard, then every program, then watch them."""
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "callboard.lib.processes.guard"],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        for program in self._programs:
            self.add(program)
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._watcher.start()

    def add(self, program: Program) -> None:
        """Start one more program."""
        with self._lock:
            self._children[program.name] = _Child(program, self._spawn(program), time.monotonic())

    def pid(self, name: str) -> int:
        """The program's current process id (its process group's too)."""
        with self._lock:
            return self._children[name].process.pid

    def running(self) -> dict[str, int]:
        """The process ids of the programs that run at this moment, by name."""
        with self._lock:
            return {
                name: child.process.pid
                for name, child in self._children.items()
                if child.process.poll() is None
            }

    def wait(self) -> None:
        """Wait until we are interrupted (see `heed_signals`)."""
        while not self._interrupted.wait(0.5):
            pass

    @property
    def interrupted(self) -> bool:
        """Whether SIGINT or SIGTERM has come."""
        return self._interrupted.is_set()

    def heed_signals(self) -> None:
        """From now on SIGINT, SIGTERM and SIGHUP end `wait`. Call in the main thread."""
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._on_signal)

    def stop(self) -> None:
        """Stop every program: asked at once, killed after `STOP_PATIENCE` seconds. Idempotent."""
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None
        with self._lock:
            children = list(self._children.values())
            for child in children:
                _ask(child)
            deadline = time.monotonic() + STOP_PATIENCE
            again = [child for child in children if child.program.insist]
            while time.monotonic() < deadline and any(_group_lives(child.process) for child in children):
                time.sleep(0.03)
                for child in again:
                    _ask(child)
                again = []
            for child in children:
                if _group_lives(child.process):
                    self._say(f"{child.program.name} did not stop in time; killed.")
                    _signal_group(child.process.pid, signal.SIGKILL)
                child.process.wait()
                self._tell_guard("-", child.process.pid)
            self._children.clear()
        self._dismiss_guard()

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_EVERY):
            with self._lock:
                for child in self._children.values():
                    self._look(child)

    def _look(self, child: _Child) -> None:
        moment = time.monotonic()
        if child.start_again_at is not None:
            if moment >= child.start_again_at:
                child.process, child.started = self._spawn(child.program), moment
                child.start_again_at = None
            return
        code = child.process.poll()
        if code is None or not child.program.restart:
            return
        _signal_group(child.process.pid, signal.SIGKILL)
        self._tell_guard("-", child.process.pid)
        child.crashes = 1 if moment - child.started > SETTLED_AFTER else child.crashes + 1
        pause = PAUSES[min(child.crashes, len(PAUSES)) - 1]
        child.start_again_at = moment + pause
        self._say(f"{child.program.name} ended with {code}; starting it again in {pause:g} s.")

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        environment = {**os.environ, **program.environment, "CALLBOARD_PROCESS": f"callboard-{program.name}"}
        log = output.file_for(self._log_dir, program.name) if self._log_dir is not None else None
        process = subprocess.Popen(  # noqa: S603
            list(program.command),
            stdin=subprocess.DEVNULL,
            stdout=log or subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
        self._tell_guard("+", process.pid)
        if log is not None:
            log.close()
        elif process.stdout is not None:
            output.to_stderr(program.name, process.stdout)
        return process

    def _tell_guard(self, what: str, group: int) -> None:
        if self._guard is not None and self._guard.stdin is not None:
            with suppress(BrokenPipeError):
                self._guard.stdin.write(f"{what}{group}\n".encode())
                self._guard.stdin.flush()

    def _dismiss_guard(self) -> None:
        if self._guard is not None and self._guard.stdin is not None:
            with suppress(BrokenPipeError):
                self._guard.stdin.close()
            self._guard.wait()
            self._guard = None

    def _on_signal(self, _signum: int, _frame: FrameType | None) -> None:
        self._interrupted.set()


def _group_lives(process: subprocess.Popen[bytes]) -> bool:
    process.poll()
    return guard.group_exists(process.pid)


def _ask(child: _Child) -> None:
    if child.program.leads and child.process.poll() is None:
        child.process.send_signal(signal.SIGTERM)
    else:
        _signal_group(child.process.pid, signal.SIGTERM)


def _signal_group(group: int, signum: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signum)
