"""The bytes of a recording on their way to the store: first a file of this machine, then parts in the store.

    <spool>/<organization>/<session>/<recorder>/<epoch>.webm      while it is written, and until it is stored
    parts/<organization>/<session>/<recorder>/<epoch>-<offset>    in the store, in order of their names

Each taking-over is an epoch with a stream of its own. A part is a stretch of a stream's bytes, named by where
it begins, so that storing it twice is storing it once, and what is stored says how far a stream has come. A
writer holds its file's lock, which the kernel lets go when it dies: what is not locked is left over, and is
brought to the store by whichever recorder of this machine comes next.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from callboard.lib.store import Store
from callboard.sessions.recording_files import SUFFIX, parts_folder

PART = 8 << 20
"""No part is larger, in bytes."""


@dataclass(frozen=True)
class Whose:
    """Which recorder's work it is."""

    organization: int
    session: str
    recorder: str

    @property
    def parts(self) -> str:
        return parts_folder(self.organization, self.session, self.recorder)

    def folder(self, spool: Path) -> Path:
        return spool / str(self.organization) / self.session / self.recorder


class Stream:
    """One epoch's bytes. Written by one thread, stored by another; neither minds the other."""

    def __init__(self, spool: Path, whose: Whose, epoch: int, stored: int = 0) -> None:
        self.whose = whose
        self.epoch = epoch
        self.path = whose.folder(spool) / f"{epoch:04d}{SUFFIX}"
        self.stored = stored
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def write(self, data: bytes) -> int:
        """More of it; with the kernel when this returns, so that a kill does not lose it."""
        return os.write(self._file, data)

    def store(self, store: Store) -> int:
        """Bring what is not there yet to the store; answers how many bytes that were. Raises StoreFailed."""
        before = self.stored
        while data := os.pread(self._file, PART, self.stored):
            store.put(f"{self.whose.parts}/{self.epoch:04d}-{self.stored:012d}", data)
            self.stored += len(data)
        return self.stored - before

    def discard(self) -> None:
        """All of it is stored: nothing is needed here."""
        self.path.unlink(missing_ok=True)
        self.close()
        for folder in (self.path.parent, self.path.parent.parent):
            if not any(folder.iterdir()):
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        os.close(self._file)


def leftovers(spool: Path, store: Store) -> Iterator[Stream]:
    """What recorders of this machine left behind that are no more. Raises StoreFailed."""
    for path in sorted(spool.glob(f"*/*/*/*{SUFFIX}")):
        organization, session, recorder = path.relative_to(spool).parts[:3]
        whose = Whose(int(organization), session, recorder)
        epoch = int(path.stem)
        try:
            yield Stream(spool, whose, epoch, _stored(store, whose, epoch))
        except (BlockingIOError, FileNotFoundError):
            continue  # its writer lives, or has just stored it


def _stored(store: Store, whose: Whose, epoch: int) -> int:
    """How many bytes of a stream are in the store."""
    reached = 0
    for name, size in store.names(whose.parts):
        number, _, offset = name.rpartition("/")[2].partition("-")
        if int(number) == epoch:
            reached = max(reached, int(offset) + size)
    return reached
