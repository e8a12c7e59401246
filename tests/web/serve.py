"""A real server over a test's database, on a port of its own, in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """Yields the address. The server is stopped at the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "1", "--no-ws", "--log-level", "warning", "callboard.config.asgi:application"],
        env={**os.environ, **environment, "CALLBOARD_SECRET_KEY": settings.SECRET_KEY,
             "CALLBOARD_LOG_LEVEL": "WARNING"},
    )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with {process.returncode} before it answered")
            try:
                with urllib.request.urlopen(f"{address}/static/callboard/mark.svg", timeout=2):
                    break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
