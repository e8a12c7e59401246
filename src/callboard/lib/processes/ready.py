"""Waiting until a program answers over HTTP."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable

POLL_EVERY = 0.05


def answers(url: str, *, timeout: float = 2.0) -> bool:
    """Whether the address answers 200 now."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_until(
    condition: Callable[[], bool], seconds: float, *, unless: Callable[[], bool] | None = None
) -> bool:
    """Wait until the condition holds; false when it did not in time, or `unless` came true first."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline or (unless is not None and unless()):
            return False
        time.sleep(POLL_EVERY)
    return True
