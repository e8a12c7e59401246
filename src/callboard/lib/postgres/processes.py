"""Facts about server processes, taken from the operating system rather than from files that say so."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A TCP port that nobody listens on, on loopback, at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether nobody listens on the port. Raises OSError where nobody could: no right to, no such address."""
    family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return False
    return True


def alive(pid: int) -> bool:
    """Whether a process of this id runs (a zombie does not)."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not Path("/proc/self/stat").exists()


def recorded_postmaster(cluster: Path) -> int | None:
    """The process id in postmaster.pid: a claim, to be checked by `is_postmaster_of`."""
    with suppress(OSError, ValueError, IndexError):
        return int((cluster / "postmaster.pid").read_text().split("\n")[0])
    return None


def is_postmaster_of(cluster: Path, pid: int) -> bool:
    """Whether this very process is a PostgreSQL server on this very folder.

    A stale postmaster.pid may name a process id that the system has given to a stranger since.
    """
    if not alive(pid):
        return False
    command = _command(pid)
    return any(Path(word).name.startswith("postgres") for word in command[:1]) and str(cluster) in command


def postmaster(cluster: Path) -> int | None:
    """The process id of the server that runs on the folder, or None."""
    pid = recorded_postmaster(cluster)
    return pid if pid is not None and is_postmaster_of(cluster, pid) else None


def said_ready(cluster: Path) -> bool:
    """Whether the server has written that it takes connections (the eighth line of postmaster.pid)."""
    with suppress(OSError, IndexError):
        return (cluster / "postmaster.pid").read_text().split("\n")[7].strip() == "ready"
    return False


def drop_stranger_lock(cluster: Path) -> bool:
    """Remove a postmaster.pid that names a living stranger; true when one was removed.

    PostgreSQL itself clears one whose process is gone, and checks for backends that outlived it; a living
    process id it must believe, and would refuse to start. Removed only when no process works in the
    folder (each backend's working directory is the cluster).
    """
    pid = recorded_postmaster(cluster)
    if pid is None or not alive(pid) or is_postmaster_of(cluster, pid) or _someone_works_in(cluster):
        return False
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    return True


def _someone_works_in(cluster: Path) -> bool:
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            if entry.readlink() == cluster:
                return True
    return False


def _command(pid: int) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    listed = subprocess.run(  # noqa: S603
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout.split()


def clean_environment() -> dict[str, str]:
    """An environment without anything that steers PostgreSQL: an uninstalled LANG breaks initdb."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C", "LANG": "C", "TZ": "UTC"}
