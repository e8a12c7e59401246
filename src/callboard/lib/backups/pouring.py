"""A dump into a database, by pg_restore's script and psql.

By way of a script, since pg_restore sets what its own version knows (`transaction_timeout`, of 17), and stops
at an older server that does not: such lines are left out. The script is one transaction, begun and committed
by its own words, so that one that was cut short leaves nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from callboard.lib.backups.tools import tool
from callboard.lib.postgres import checks, urls
from callboard.lib.postgres.errors import DatabaseUnavailable

HEAD = re.compile(rb"(--|\\|BEGIN;|SET |SELECT pg_catalog\.set_config|\r?\n)")
"""How lines begin before the first that makes or fills something."""

SETS = re.compile(rb"SET (\w+) ")
CHUNK = 1 << 20


def pour(dump: Path, url: str, arguments: Sequence[str]) -> None:
    """Run the script that pg_restore makes of a dump with these arguments. Raises DatabaseUnavailable."""
    known = _settings(url)
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603
            [tool("pg_restore"), "--single-transaction", "--file=-", *arguments, str(dump)],
            stdout=subprocess.PIPE,
            stderr=said,
        ) as script,
        subprocess.Popen(  # noqa: S603
            [
                tool("psql"),
                f"--dbname={urls.without_password(url)}",
                *("--no-password", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"),
            ],
            env={**os.environ, "PGPASSWORD": unquote(urlsplit(url).password or "")},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
        ) as psql,
    ):
        assert script.stdout is not None
        assert psql.stdin is not None
        with suppress(BrokenPipeError), psql.stdin as to:  # psql has stopped, and says why
            copy(script.stdout, to, known)
        script.stdout.close()
        failed = [name for name, one in (("psql", psql), ("pg_restore", script)) if one.wait()]
        if failed:
            said.seek(0)
            words = said.read().decode(errors="replace").strip()
            raise DatabaseUnavailable(f"{failed[0]} failed: {words[-500:]}")


def copy(script: IO[bytes], to: IO[bytes], known: set[str]) -> None:
    """The script without the settings that the server does not know."""
    for line in script:
        sets = SETS.match(line)
        if sets is None or sets[1].decode() in known:
            to.write(line)
        if not HEAD.match(line):
            break
    shutil.copyfileobj(script, to, CHUNK)


def _settings(url: str) -> set[str]:
    with checks.connect(url) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM pg_settings")}
