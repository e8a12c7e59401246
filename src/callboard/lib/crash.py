"""Named points at which a process can be made to die, as if the power had gone: for drills and tests.

`CALLBOARD_CRASH_AT=jobs.after_effect:3` kills this process with SIGKILL the third time it passes that
point; several are separated by commas. `CALLBOARD_CRASH_LOG` names a file that gets a line with the point's
name first, so that whoever armed it can tell. Unarmed, a point costs one look into an empty table.
"""

from __future__ import annotations

import os
import signal
import threading


class _Armed:
    """How often each armed point is still to be passed before it kills."""

    def __init__(self, text: str) -> None:
        self._left: dict[str, int] = {}
        self._lock = threading.Lock()
        for part in filter(None, (each.strip() for each in text.split(","))):
            name, _, count = part.partition(":")
            self._left[name] = int(count or 1)

    def __bool__(self) -> bool:
        return bool(self._left)

    def passes(self, name: str) -> bool:
        """Whether this passing is the one that kills."""
        with self._lock:
            if name not in self._left:
                return False
            self._left[name] -= 1
            return self._left[name] == 0


_armed = _Armed(os.environ.get("CALLBOARD_CRASH_AT", ""))


def point(name: str) -> None:
    """Die here, if this point is armed and its turn has come."""
    if _armed and _armed.passes(name):
        _die(name)


def _die(name: str) -> None:
    log = os.environ.get("CALLBOARD_CRASH_LOG")
    if log:
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(descriptor, f"{name}\n".encode())
    os.kill(os.getpid(), signal.SIGKILL)
