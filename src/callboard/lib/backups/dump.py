"""PostgreSQL's own tools: pg_dump of one snapshot, and its restore as the schema's owner.

The dump is made by a login that may read every row (the embedded server's own, or one of yours); the rows are
counted in the same snapshot. It is restored by the owner of the schema alone: roles, extensions and rights on
the schema stand already, since `roles.prepare` made them.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from callboard.lib.backups.archive import BadBackup
from callboard.lib.backups.pouring import pour
from callboard.lib.backups.tools import tool
from callboard.lib.postgres import checks, urls
from callboard.lib.postgres.errors import DatabaseUnavailable

MARKER = "callboard_restoring"
"""A table that is there while a restore is not finished: nothing else starts on such a database."""

NOT_OURS = re.compile(r"^\d+; \d+ \d+ (EXTENSION|COMMENT|ACL - SCHEMA|SCHEMA|DEFAULT ACL)\b")
"""Entries of a dump that stand already where the roles were made."""

Connection = psycopg.Connection[Any]


@contextmanager
def snapshot(url: str) -> Iterator[tuple[Connection, str]]:
    """A connection that sees one moment, and that moment's name for pg_dump."""
    with checks.connect(url, autocommit=False) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        yield connection, str(row[0])
        connection.rollback()


def count(connection: Connection) -> dict[str, int]:
    """Rows by table."""
    found: dict[str, int] = {}
    for (table,) in connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
        "AND relname <> %s ORDER BY 1",
        [MARKER],
    ).fetchall():
        row = connection.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", table))
        ).fetchone()
        assert row is not None
        found[table] = row[0]
    return found


def may_read_everything(connection: Connection) -> bool:
    """Whether row-level security would hide rows from this login, and the dump be a part of the whole."""
    row = connection.execute(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    return row == (True,)


def save(url: str, name: str, to: Path) -> None:
    """Dump the snapshot `name` into a file. Raises DatabaseUnavailable.

    The password goes by the environment, since a process list shows arguments to everyone.
    """
    done = subprocess.run(  # noqa: S603
        [
            tool("pg_dump"),
            f"--dbname={urls.without_password(url)}",
            *("--no-password", "--format=custom", "--compress=gzip:4"),
            *(f"--snapshot={name}", f"--file={to}"),
        ],
        env={**os.environ, "PGPASSWORD": unquote(urlsplit(url).password or "")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DatabaseUnavailable(f"pg_dump failed: {done.stderr.strip()[-500:]}")


def is_empty(url: str) -> bool:
    """Whether nothing is there, or only what a restore that was cut short left behind."""
    with checks.connect(url) as connection:
        row = connection.execute(
            "SELECT to_regclass(%s) IS NOT NULL OR NOT EXISTS (SELECT FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S'))",
            [f"public.{MARKER}"],
        ).fetchone()
    return row == (True,)


def begin(owner_url: str) -> None:
    """Mark the database as being restored, and clear away what an earlier try left."""
    with checks.connect(owner_url) as connection:
        connection.execute(f"CREATE TABLE IF NOT EXISTS {MARKER} (at timestamptz DEFAULT now())")
        with connection.transaction():
            left = connection.execute(
                "SELECT c.relkind, c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace "
                "AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition AND c.relname <> %s "
                "AND c.relowner = current_user::regrole",
                [MARKER],
            ).fetchall()
            for kind, name in left:
                what = "VIEW" if kind == "v" else "TABLE"
                drop = sql.SQL(f"DROP {what} IF EXISTS {{}} CASCADE")
                connection.execute(drop.format(sql.Identifier("public", name)))
            routines = connection.execute(
                "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
                "AND proowner = current_user::regrole"
            ).fetchall()
            for (routine,) in routines:
                connection.execute(f"DROP ROUTINE IF EXISTS {routine} CASCADE".encode())
            types = connection.execute(
                "SELECT oid::regtype::text FROM pg_type WHERE typnamespace = 'public'::regnamespace "
                "AND typowner = current_user::regrole AND (typtype IN ('e', 'd', 'r') OR typtype = 'c' "
                "AND EXISTS (SELECT FROM pg_class WHERE oid = typrelid AND relkind = 'c'))"
            ).fetchall()
            for (kind,) in types:
                connection.execute(f"DROP TYPE IF EXISTS {kind} CASCADE".encode())


def load(owner_url: str, dump: Path, rows: dict[str, int], listing: Path) -> None:
    """Restore into a marked database, tables and rows first. Raises BadBackup, DatabaseUnavailable.

    Row-level security comes with what is restored last, so that in between the owner can count.
    """
    _write_listing(dump, listing)
    common = ["--no-owner", f"--use-list={listing}"]
    pour(dump, owner_url, [*common, "--section=pre-data", "--section=data"])
    with checks.connect(owner_url) as connection:
        found = count(connection)
    wrong = sorted(table for table in {*found, *rows} if found.get(table) != rows.get(table))
    if wrong:
        told = ", ".join(f"{table} {found.get(table)} for {rows.get(table)}" for table in wrong[:5])
        raise BadBackup(f"What was restored is not what was saved: {told} rows.")
    pour(dump, owner_url, [*common, "--section=post-data"])


def end(owner_url: str) -> None:
    """The restore is whole: anything may start on it."""
    with checks.connect(owner_url) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {MARKER}")
        connection.execute("SET client_min_messages = error")
        connection.execute("ANALYZE")


def is_unfinished(url: str) -> bool:
    """Whether a restore into this database was cut short."""
    with checks.connect(url) as connection:
        row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [f"public.{MARKER}"]).fetchone()
    return row == (True,)


def _write_listing(dump: Path, listing: Path) -> None:
    done = subprocess.run(  # noqa: S603
        [tool("pg_restore"), "--list", str(dump)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BadBackup(f"pg_restore cannot read the dump: {done.stderr.strip()[:300]}")
    lines = [line for line in done.stdout.splitlines() if not NOT_OURS.match(line)]
    listing.write_text("\n".join(lines) + "\n")
