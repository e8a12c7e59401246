"""Ends a supervisor's programs when the supervisor is gone, even by `kill -9`.

A process of its own session. On standard input it is told `+GROUP` and `-GROUP` for each process group
that begins and ends; when the input closes, whatever groups are left have lost their supervisor: they are
asked to stop, and killed if they do not within `PATIENCE` seconds. Portable, where a parent-death signal
is Linux's alone and reaches no grandchild.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

PATIENCE = 5.0


def group_exists(group: int) -> bool:
    """Whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end_groups(groups: Iterable[int], patience: float = PATIENCE) -> None:
    """SIGTERM to each group, wait, then SIGKILL to those that are left."""
    left = set(groups)
    for group in left:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while left and time.monotonic() < deadline:
        left = {group for group in left if group_exists(group)}
        if left:
            time.sleep(0.05)
    for group in left:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def main() -> int:
    """Remember groups until the input closes, then end those that are left."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    end_groups(groups)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
