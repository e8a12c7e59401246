"""One way to a ready database: the embedded server, a user's own, or what a parent process has prepared.

1. CALLBOARD_DATABASE_URL and its three companions are set: the database is someone else's care (a parent
   process, an administrator). They are checked and used.
2. DATABASE_URL is set: a user's own server; roles are made there.
3. Otherwise: the embedded server under the data folder, started and held while this process uses it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from callboard.lib.postgres import checks, roles
from callboard.lib.postgres.embedded import EmbeddedServer
from callboard.lib.postgres.errors import DatabaseUnavailable
from callboard.lib.postgres.home import Home

DATABASE = "callboard"
VARIABLES = {
    roles.APP: "CALLBOARD_DATABASE_URL",
    roles.OWNER: "CALLBOARD_OWNER_DATABASE_URL",
    roles.INGEST: "CALLBOARD_INGEST_DATABASE_URL",
    roles.ENGINE: "CALLBOARD_ENGINE_DATABASE_URL",
}


@dataclass(frozen=True)
class Logins:
    """A URL for each role of one database; `admin`: of the login that made the roles there, where we did."""

    app: str
    owner: str
    ingest: str
    engine: str
    admin: str = ""

    @classmethod
    def of(cls, by_role: Mapping[str, str], admin: str = "") -> Logins:
        """From URLs keyed by role."""
        return cls(
            by_role[roles.APP], by_role[roles.OWNER], by_role[roles.INGEST], by_role[roles.ENGINE], admin
        )

    def environment(self) -> dict[str, str]:
        """The variables from which settings and child processes read these URLs."""
        return {
            VARIABLES[roles.APP]: self.app,
            VARIABLES[roles.OWNER]: self.owner,
            VARIABLES[roles.INGEST]: self.ingest,
            VARIABLES[roles.ENGINE]: self.engine,
        }


def default_data_dir() -> Path:
    """Where data is kept when nobody says: CALLBOARD_DATA_DIR, else the customary place of the platform."""
    said = os.environ.get("CALLBOARD_DATA_DIR")
    if said:
        return Path(said)
    if os.geteuid() == 0:
        return Path("/var/lib/callboard")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Callboard"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "callboard"


def reader(logins: Logins) -> str:
    """A URL of a login to the same database that may read every row, for backups. Whether it may is for the
    caller to ask. Raises DatabaseUnavailable where none is known.
    """
    found = os.environ.get("CALLBOARD_BACKUP_DATABASE_URL") or logins.admin
    if not found:
        raise DatabaseUnavailable(
            "The database's URLs are given, and none of them may read every row. Give one that may in "
            "CALLBOARD_BACKUP_DATABASE_URL (docs/how-to/back-up-and-restore.md)."
        )
    return found


@contextmanager
def database(data_dir: Path, name: str = DATABASE) -> Iterator[Logins]:
    """A database with its roles, ready for migrations; held until the block ends."""
    given = {role: os.environ.get(variable, "") for role, variable in VARIABLES.items()}
    own = os.environ.get("DATABASE_URL", "")
    if all(given.values()):
        for url in given.values():
            with checks.connect(url) as connection:
                checks.check(connection)
        yield Logins.of(given)
    elif any(given.values()):
        missing = ", ".join(VARIABLES[role] for role, url in given.items() if not url)
        raise DatabaseUnavailable(
            f"Some of the database's URLs are set and {missing} is not. Set all or none."
        )
    elif own:
        home = Home(data_dir)
        home.make()
        with home.locked():
            prepared = roles.prepare(own, home.secret)
        yield Logins.of(prepared, own)
    else:
        with EmbeddedServer(data_dir) as server:
            prepared = roles.prepare(server.url(), server.secret, name)
            yield Logins.of(prepared, server.url(name))
