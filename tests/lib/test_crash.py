"""Points at which a process dies when it is told to, and which cost nothing when it is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

PROGRAM = """
from callboard.lib import crash
for name in ("a", "b", "a", "b", "a"):
    crash.point(name)
    print(name, flush=True)
"""


def run(crash_at: str, log: Path | None = None) -> tuple[int, list[str]]:
    environment = {**os.environ, "CALLBOARD_CRASH_AT": crash_at, "CALLBOARD_CRASH_LOG": str(log or "")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.split()


def test_unarmed_it_passes_all_points() -> None:
    assert run("") == (0, ["a", "b", "a", "b", "a"])


def test_armed_it_dies_at_the_nth_passing_of_its_point() -> None:
    assert run("a:2") == (-signal.SIGKILL, ["a", "b"])
    assert run("b") == (-signal.SIGKILL, ["a"])


def test_of_several_points_the_first_to_come_kills_and_says_so(tmp_path: Path) -> None:
    log = tmp_path / "crashes"
    assert run("a:3,b:2", log)[1] == ["a", "b", "a"]
    assert log.read_text() == "b\n"
