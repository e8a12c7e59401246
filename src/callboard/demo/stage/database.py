"""A database for one showing: made anew at each start, from a copy of the migrated schema where there is one.

Its name is its own, so that no installation's data is ever touched, whatever folder the demo is given.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql

from callboard.lib.postgres import binaries, roles
from callboard.lib.postgres.embedded import EmbeddedServer
from callboard.lib.postgres.provision import Logins

NAME = "callboard_demo"
TEMPLATE = "callboard_demo_schema_"
SOURCES = Path(__file__).parents[2]


def fresh(server: EmbeddedServer) -> tuple[Logins, bool]:
    """An empty database with its roles, and whether it has the schema already."""
    template = _template()
    with psycopg.connect(server.url(), autocommit=True) as admin:
        _drop(admin, NAME)
        known = _names(admin)
        for old in (name for name in known if name.startswith(TEMPLATE) and name != template):
            _drop(admin, old)
        if template in known:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                    sql.Identifier(NAME), sql.Identifier(template), sql.Identifier(roles.OWNER)
                )
            )
    return Logins.of(roles.prepare(server.url(), server.secret, NAME)), template in known


def keep_schema(server: EmbeddedServer) -> None:
    """Keep the schema for the next start. Where somebody is connected to the database, a page left open in a
    browser say, it isn't kept, and the next start makes it again."""
    with psycopg.connect(server.url(), autocommit=True) as admin, suppress(psycopg.errors.ObjectInUse):
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(_template()), sql.Identifier(NAME)
            )
        )


def _names(admin: psycopg.Connection[tuple[str]]) -> set[str]:
    return {row[0] for row in admin.execute("SELECT datname FROM pg_database")}


def _drop(admin: psycopg.Connection[tuple[str]], name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _template() -> str:
    """Its name tells the schema's sources apart."""
    digest = hashlib.sha256(binaries.version().encode())
    for path in [*sorted(SOURCES.glob("**/migrations/*.py")), SOURCES / "lib" / "tenancy.py"]:
        digest.update(path.read_bytes())
    return TEMPLATE + digest.hexdigest()[:12]
