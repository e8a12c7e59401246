"""What a server must satisfy before Callboard trusts it with an acknowledgement.

An answer of 202 promises that the event survives a crash. With fsync, full_page_writes or
synchronous_commit off, PostgreSQL acknowledges what it may lose.
"""

from __future__ import annotations

from typing import Any

import psycopg

from callboard.lib.postgres import urls
from callboard.lib.postgres.errors import DatabaseUnavailable, UnsafeServer

OLDEST = 15
MUST_NOT_BE_OFF = ("fsync", "full_page_writes", "synchronous_commit")


def connect(url: str, *, autocommit: bool = True) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect, or say which server did not answer, without its password."""
    try:
        return psycopg.connect(url, connect_timeout=10, autocommit=autocommit)
    except psycopg.Error as error:
        raise DatabaseUnavailable(
            f"The database {urls.without_password(url)} cannot be used: {str(error).strip()}"
        ) from error


def check(connection: psycopg.Connection[Any]) -> None:
    """Raise UnsafeServer or DatabaseUnavailable when this login's server or settings will not do.

    Ask with each login that writes: synchronous_commit can be set for one role or database.
    """
    check_version(connection.info.server_version)
    off = [name for name in MUST_NOT_BE_OFF if _setting(connection, name) == "off"]
    if off:
        raise UnsafeServer(
            f"Refused: {', '.join(off)} off for {connection.info.user} on "
            f"{connection.info.host}:{connection.info.port}. The server would acknowledge work that a crash "
            f"can lose. Set {' and '.join(f'{name} = on' for name in off)} and start again."
        )


def check_version(number: int) -> None:
    """Raise DatabaseUnavailable when a server's version (170002 is 17.2) is too old."""
    if number < OLDEST * 10_000:
        raise DatabaseUnavailable(
            f"PostgreSQL {OLDEST} or later is needed; this server is {number // 10_000}. "
            "Upgrade it, or leave DATABASE_URL unset to use the embedded server."
        )


def _setting(connection: psycopg.Connection[Any], name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row is not None
    return str(row[0])
