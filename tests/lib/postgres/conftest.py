"""Data folders for servers that get killed, and processes that hold them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from callboard.lib.postgres import processes
from callboard.lib.postgres.embedded import EmbeddedServer
from tests.support.database import CHECKOUT


@pytest.fixture(scope="session")
def seeded() -> Iterator[Path]:
    """A data folder with a cluster in it, stopped; tests that need a fresh one do not use it."""
    yield from _folder()


@pytest.fixture
def fresh() -> Iterator[Path]:
    """An empty data folder in the system's temporary folder, closed to others as mktemp makes it."""
    yield from _folder()


def _folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="callboard-test-"))
    yield path
    EmbeddedServer(path).destroy()
    shutil.rmtree(path)


@pytest.fixture
def hold() -> Iterator[Callable[..., tuple[subprocess.Popen[str], str]]]:
    """Start a process that holds the server of a folder: (process, URL)."""
    started: list[subprocess.Popen[str]] = []

    def start(
        data_dir: Path, *, python: str = sys.executable, **options: Any
    ) -> tuple[subprocess.Popen[str], str]:
        environment = {**os.environ, **options.pop("environment", {})}
        process = subprocess.Popen(
            [python, "-m", "tests.lib.postgres.holder", str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
            env=environment,
            **options,
        )
        started.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether the condition comes to hold; the limit is there so that a failing test ends."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def answers(url: str) -> bool:
    """Whether a server takes this login now."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True


def postmaster(server: EmbeddedServer) -> int:
    """The server's process id."""
    state = server.home.state()
    assert state is not None
    pid = processes.postmaster(Path(state.cluster))
    assert pid is not None
    return pid
