"""A throwaway product to measure: its database, its processes, a school with sessions and a key."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from callboard.cli import runtime
from callboard.lib.postgres import urls
from callboard.lib.postgres.embedded import EmbeddedServer
from callboard.lib.postgres.processes import free_port
from callboard.lib.postgres.provision import DATABASE, VARIABLES, Logins
from callboard.lib.processes import programs, ready

SCOPES = (
    "events.write",
    "cases.read",
    "cases.act",
    "sessions.read",
    "sessions.book",
    "live.read",
    "people.read",
)


@dataclass(frozen=True)
class Place:
    """The product's database: a login per role, and the superuser's."""

    logins: Logins
    admin_url: str


@contextlib.contextmanager
def database() -> Iterator[Place]:
    """An embedded server of its own, migrated, with Django configured on it; gone after the block."""
    os.environ.update(dict.fromkeys((*VARIABLES.values(), "DATABASE_URL"), ""))
    os.environ.setdefault("CALLBOARD_LOG_LEVEL", "WARNING")
    folder = Path(tempfile.mkdtemp(prefix="callboard-bench-"))
    server = EmbeddedServer(folder)
    try:
        with runtime.product(folder) as product:
            yield Place(product.logins, urls.with_database(server.url(), DATABASE))
    finally:
        server.destroy()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def web() -> Iterator[int]:
    """The web process, on a free port; answers once it does."""
    port = free_port()
    with process(programs.web("127.0.0.1", port).command):
        probe = f"http://127.0.0.1:{port}/health/live"
        if not ready.wait_until(lambda: ready.answers(probe), 30.0, unless=lambda: False):
            raise RuntimeError("the web process did not answer")
        yield port


@contextlib.contextmanager
def engine() -> Iterator[None]:
    """The engine's process."""
    with process(programs.engine().command):
        yield


@contextlib.contextmanager
def process(command: Sequence[str], *, quiet: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """Any process, in a group of its own, stopped with all its children. `quiet`: what it says on
    standard error is not shown."""
    started = subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if quiet else None,
        start_new_session=True,
    )
    try:
        yield started
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGTERM)
        deadline = time.monotonic() + 5
        while started.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def school(slug: str = "bench") -> tuple[int, str]:
    """An organization, and a key to all that a benchmark needs."""
    from callboard.lib.tenancy import organization_scope
    from callboard.people.operations import create_api_key, create_organization

    organization = create_organization("Bench", slug, "UTC")
    with organization_scope(organization.pk):
        _, token = create_api_key("bench", list(SCOPES))
    return organization.pk, token


def wait_for_port(port: int, seconds: float = 10.0) -> None:
    """Until something listens there."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"nothing listens on port {port}")
        time.sleep(0.05)
