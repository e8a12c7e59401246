"""Names for processes that hold leases, and whether one of this machine is no more."""

from __future__ import annotations

import os
import socket


def owner_name() -> str:
    """Of this process: the machine and the process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_gone(owner: str) -> bool:
    """Whether this owner was a process of this machine that is no more. Of other machines nobody knows."""
    host, _, rest = owner.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
