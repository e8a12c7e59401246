"""The files of one embedded server: locks, what was decided at its start, secrets, log.

```
<data folder>/postgres/
    lock           held while the server is started, stopped or judged; for moments
    holders        locked (shared) by each process that uses the server, for as long as it does
    keeper         locked by the keeper for its life; holds its process id
    state.json     where the cluster is, its port
    secrets.json   the roles' passwords, readable by the owner alone
    server.log     what the keeper and the server say
    cluster/       PostgreSQL's own files (elsewhere when its account cannot get here: see state.json)
```

Locks are flock(2): the kernel releases them when their holder dies, however it dies, so that no file has
to be believed.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TextIO

from callboard.lib.postgres.errors import DatabaseUnavailable

SUPERUSER = "callboard_admin"


@dataclass(frozen=True)
class State:
    """What is decided once and read by every process: the cluster's folder, and the port it listens on.

    `initialized` says that the cluster was complete once, so that its absence is a loss and no beginning.
    """

    cluster: str
    port: int = 0
    initialized: bool = False


class Home:
    """The folder `<data folder>/postgres` and what is in it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.expanduser().absolute()
        self.path = self.data_dir / "postgres"

    @property
    def log(self) -> Path:
        """The log of the keeper and the server."""
        return self.path / "server.log"

    def make(self) -> bool:
        """Create the folders; true when the data folder was new or empty, so that it is ours."""
        ours = not self.data_dir.exists() or not any(self.data_dir.iterdir())
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.mkdir(mode=0o711, exist_ok=True)
        except (PermissionError, FileExistsError, NotADirectoryError) as error:
            raise DatabaseUnavailable(f"The data folder {self.data_dir} cannot be used: {error}.") from error
        if self.path.stat().st_uid != os.geteuid():
            raise DatabaseUnavailable(
                f"The data folder {self.data_dir} belongs to another account "
                f"(uid {self.path.stat().st_uid}). Use that account, or another folder."
            )
        return ours

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock under which the server is started, stopped or judged."""
        with self._open("lock") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    @contextmanager
    def locked_if_free(self) -> Iterator[bool]:
        """As `locked`, but gives False at once when another process has it."""
        with self._open("lock") as handle:
            yield _try(handle.fileno(), fcntl.LOCK_EX)

    def hold(self) -> int:
        """Count as a user of the server until the returned descriptor is closed."""
        descriptor = os.open(self.path / "holders", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        return descriptor

    def has_holders(self) -> bool:
        """Whether any process uses the server. Ask under the lock."""
        with self._open("holders") as handle:
            return not _try(handle.fileno(), fcntl.LOCK_EX)

    def become_keeper(self) -> int | None:
        """Lock the keeper's file and write our process id in it; None when there is a keeper already."""
        descriptor = os.open(self.path / "keeper", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not _try(descriptor, fcntl.LOCK_EX):
            os.close(descriptor)
            return None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        return descriptor

    def keeper(self) -> int | None:
        """The living keeper's process id, or None. The lock is believed, not the file."""
        with self._open("keeper") as handle:
            if _try(handle.fileno(), fcntl.LOCK_SH):
                return None
            with suppress(ValueError):
                return int(handle.read())
        return None

    def state(self) -> State | None:
        """What was decided, or None before the first start."""
        with suppress(FileNotFoundError, ValueError, TypeError):
            return State(**json.loads((self.path / "state.json").read_text()))
        return None

    def write_state(self, state: State) -> None:
        """Replace what was decided, at once or not at all."""
        self._replace("state.json", json.dumps(asdict(state)))

    def write_port(self, port: int) -> None:
        """Change the port alone."""
        state = self.state()
        if state is not None:
            self.write_state(replace(state, port=port))

    def secret(self, name: str) -> str:
        """The password of a role, made at its first use."""
        known = self._secrets()
        if name not in known:
            known[name] = secrets.token_urlsafe(24)
            self._replace("secrets.json", json.dumps(known))
        return known[name]

    def kept_secret(self, name: str) -> str | None:
        """What is kept by that name; nothing is made."""
        return self._secrets().get(name)

    def keep_secret(self, name: str, value: str) -> None:
        """In place of what was kept by that name, which stays in `NAME_before`, with commas between.

        Under the lock.
        """
        known = self._secrets()
        former = known.get(name, value)
        if former != value:
            known[f"{name}_before"] = ",".join(filter(None, [former, known.get(f"{name}_before")]))
        self._replace("secrets.json", json.dumps({**known, name: value}))

    def _secrets(self) -> dict[str, str]:
        with suppress(FileNotFoundError, ValueError):
            return dict(json.loads((self.path / "secrets.json").read_text()))
        return {}

    def _open(self, name: str) -> TextIO:
        descriptor = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return os.fdopen(descriptor, "r+")

    def _replace(self, name: str, text: str) -> None:
        partial = self.path / f"{name}.partial"
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        partial.replace(self.path / name)


def _try(descriptor: int, mode: int) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
