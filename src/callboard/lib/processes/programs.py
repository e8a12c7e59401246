"""Which programs make up the product, and how each is started: by words alone, as a person would type them.

It stands here, below every domain, since the commands, the demo, the drills and the benchmarks all start
them; it imports none of them.
"""

from __future__ import annotations

import os
import sys

from callboard.lib.processes.supervisor import Program

APPLICATION = "callboard.config.asgi:application"
ANSWERED_WITHIN = 3
"""Seconds for requests at work to be answered when the web is asked to stop; then it is killed."""


def command(*words: str) -> list[str]:
    """A command of ours, run by this very Python."""
    return [sys.executable, "-m", "callboard.cli.main", *words]


def web(host: str, port: int, *, workers: int = 1) -> Program:
    """The pages, the API and ingest, over ASGI. Answers on `/health/live`."""
    options = [
        *("--interface", "asgi"),
        *("--host", host),
        *("--port", str(port)),
        *("--workers", str(workers)),
        *("--backlog", "2048"),
        *("--workers-kill-timeout", str(ANSWERED_WITHIN)),
        "--respawn-failed-workers",
        *("--log-level", "warning"),
    ]
    static = os.environ.get("CALLBOARD_STATIC_ROOT")
    if static:
        options += ["--static-path-route", "/static", "--static-path-mount", static]
    return Program("web", [sys.executable, "-m", "granian", *options, APPLICATION], leads=True)


def engine() -> Program:
    """The live engine."""
    return Program("engine", command("engine"))


def worker() -> Program:
    """Background jobs."""
    return Program("worker", command("worker"))


def recorder() -> Program:
    """Our own recorder of rooms."""
    return Program("recorder", command("recorder"))
