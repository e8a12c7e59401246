"""Which account runs the server, and what that account can reach.

PostgreSQL refuses to run as root. Started by root, the server drops to an account that is already there:
no system user is added and no folder that is not ours changes its mode. Started by anyone else, it runs
as that person.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callboard.lib.postgres import binaries, processes
from callboard.lib.postgres.errors import DatabaseUnavailable

CANDIDATES = ("postgres", "nobody", "daemon")
SYSTEM_STATE = Path("/var/lib/callboard")
PLACE = "callboard-postgres-"  # what a folder is called that stands in for one out of reach


@dataclass(frozen=True)
class Account:
    """An operating system account. `dropped` says that we are root and the server runs as someone else."""

    name: str
    uid: int
    gid: int
    dropped: bool

    def process_options(self) -> dict[str, Any]:
        """Arguments for `subprocess` that start a child as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.dropped else {}

    def own(self, path: Path) -> None:
        """Give a file or folder of ours to the account."""
        if self.dropped:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def can_reach(self, path: Path) -> bool:
        """Whether the account may pass through every folder on the way to `path`, and through it."""
        return not self.dropped or all(
            self._may_pass(each) for each in (path, *path.parents) if each.exists()
        )

    def _may_pass(self, path: Path) -> bool:
        info = path.stat()
        if info.st_uid == self.uid:
            return bool(info.st_mode & stat.S_IXUSR)
        if info.st_gid == self.gid:
            return bool(info.st_mode & stat.S_IXGRP)
        return bool(info.st_mode & stat.S_IXOTH)


def server_account() -> Account:
    """The account for a server started by this process."""
    uid = os.geteuid()
    if uid != 0:
        return Account(_name(uid), uid, os.getegid(), dropped=False)
    for name in CANDIDATES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        if found.pw_uid != 0:
            return Account(name, found.pw_uid, found.pw_gid, dropped=True)
    raise DatabaseUnavailable(
        "PostgreSQL does not run as root, and none of the accounts "
        f"{', '.join(CANDIDATES)} exists to run it. Start Callboard as an ordinary user."
    )


def reachable_binaries(account: Account) -> Path:
    """The folder of binaries that the account can execute: in place, or a copy where it can reach one."""
    found = binaries.bin_dir()
    if account.can_reach(found):
        return found
    for state in (SYSTEM_STATE, Path(tempfile.gettempdir()) / "callboard-root"):
        if state.exists() and state.stat().st_uid != 0:
            continue  # root must not execute what another account could have put there
        try:
            state.mkdir(mode=0o755, parents=True, exist_ok=True)
            if account.can_reach(state):
                return binaries.copy_to(state / f"postgres-{binaries.version()}")
        except OSError:
            continue
    raise DatabaseUnavailable(
        f"The account {account.name}, which runs PostgreSQL for root, cannot reach {found}, "
        "and no place for a copy was found. Start Callboard as an ordinary user."
    )


def cluster_dir(home: Path, account: Account, *, ours: bool) -> Path:
    """Where the server keeps its files: inside `home` when the account can get there.

    `ours` says that the folder above `home` was new or empty, so that letting others pass through it (not
    list it) opens up nothing that was there before. When a folder further up is closed, as /root is, the
    files go to a place of their own, which `home` remembers.
    """
    if account.dropped and ours:
        home.parent.chmod(home.parent.stat().st_mode | stat.S_IXGRP | stat.S_IXOTH)
    if account.can_reach(home):
        return home / "cluster"
    temporary = Path(tempfile.gettempdir()).resolve()
    base = temporary if home.is_relative_to(temporary) else SYSTEM_STATE
    base.mkdir(mode=0o755, parents=True, exist_ok=True)
    if base == temporary:
        _sweep(base)
    place = Path(tempfile.mkdtemp(prefix=PLACE, dir=base))
    place.chmod(0o711)
    (place / "belongs-to").write_text(f"{home}\n")  # for whoever finds it when that is gone
    if not account.can_reach(place):
        shutil.rmtree(place)
        raise DatabaseUnavailable(
            f"The account {account.name}, which runs PostgreSQL for root, can reach neither {home} "
            f"nor {base}. Choose a data folder whose parents it may pass through, "
            "or start Callboard as an ordinary user."
        )
    return place / "cluster"


def _sweep(temporary: Path) -> None:
    """Remove stand-ins of temporary data folders that are gone. Elsewhere that is a person's choice."""
    for place in temporary.glob(f"{PLACE}*"):
        note = place / "belongs-to"
        if place.is_symlink() or place.stat().st_uid != os.geteuid() or not note.is_file():
            continue
        home = Path(note.read_text().strip())
        if not home.exists() and processes.postmaster(place / "cluster") is None:
            shutil.rmtree(place, ignore_errors=True)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
