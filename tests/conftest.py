"""Fixtures for every test. Tests that touch no database start none.

| mark or fixture | gives |
|---|---|
| `@pytest.mark.django_db` | the application's role, under row-level security, rolled back at the end |
| `@pytest.mark.django_db(transaction=True)` | the same with real commits; all tables are emptied after it |
| `organization`, `other_organization` | two tenants, committed or not as the test's mark says |
| `in_organization` | the test runs within `organization`'s scope (a transaction of its own) |
| `database_place` | the worker's database: `.logins` (a URL per role), `.admin` (the superuser's URL) |
| `owner_connection` | a psycopg connection of the role that owns the schema, autocommit |
| `admin_connection` | a psycopg connection of the superuser, autocommit: sees past row-level security |
| `shared_data` | the folder of real transcripts and logs; the test skips, saying so, where it is absent |

Connections other than Django's see only what was committed: use them with `transaction=True`. The URLs are
also in the environment (CALLBOARD_DATABASE_URL and its companions) for processes that a test starts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

from callboard.lib.postgres.provision import Logins
from callboard.lib.tenancy import organization_scope
from tests.support.database import CHECKOUT, Place, worker_database

SLOW = ("drills", "browser", "demo", "cli", "scenarios")
"""Folders whose tests start whole programs, the slowest first."""
KEPT_TABLES = ("django_migrations", "django_content_type", "auth_permission")


@pytest.hookimpl(trylast=True)  # after pytest-django's order, which is kept within each folder
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, so that no worker is left with one while the others have ended."""
    order = {folder: place for place, folder in enumerate(SLOW)}
    root = CHECKOUT / "tests"
    items.sort(key=lambda item: order.get(item.path.relative_to(root).parts[0], len(order)))


def _point(alias: str, url: str) -> None:
    """Point one of Django's aliases at a URL, whatever its settings said."""
    parts = urlsplit(url)
    configured = connections.settings
    configured.setdefault(alias, {**configured["default"]})
    configured[alias].update(
        NAME=unquote(parts.path.lstrip("/")),
        USER=unquote(parts.username or ""),
        PASSWORD=unquote(parts.password or ""),
        HOST=parts.hostname,
        PORT=str(parts.port),
    )
    connections[alias].close()
    connections[alias].settings_dict.update(configured[alias])


def _point_everything(logins: Logins) -> None:
    from django.conf import settings

    os.environ.update(logins.environment())
    settings.INGEST_DATABASE_URL = logins.ingest
    settings.ENGINE_DATABASE_URL = logins.engine
    _point("default", logins.app)
    _point("owner", logins.owner)


def _migrate(logins: Logins) -> None:
    from callboard.cli import schema

    _point_everything(logins)
    schema.bring_up_to_date()
    connections.close_all()


@pytest.fixture(scope="session")
def database_place(django_db_blocker: Any) -> Iterator[Place]:
    """This worker's own database."""
    with django_db_blocker.unblock(), worker_database(_migrate) as place:
        _point_everything(place.logins)
        os.environ["CALLBOARD_TEST_ADMIN_URL"] = place.admin
        yield place
        connections.close_all()


@pytest.fixture(scope="session")
def django_db_setup(database_place: Place) -> None:
    """In place of pytest-django's: its test database would be made and owned by the application's role."""


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Hash passwords in no time: a login is made in a good part of all tests."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["tests.support.passwords.QuickHasher"]


def _empty_tables(_self: TransactionTestCase) -> None:
    """In place of Django's flush: the application's role may not truncate.

    Only tables with rows in them, since emptying a table costs the same whether it has any. The superuser
    asks, who sees past row-level security.
    """
    from django.contrib.contenttypes.models import ContentType

    with psycopg.connect(os.environ["CALLBOARD_TEST_ADMIN_URL"], autocommit=True) as admin:
        rows = admin.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> ALL(%s)",
            [list(KEPT_TABLES)],
        )
        tables = [sql.Identifier(row[0]) for row in rows]
        asked = [
            sql.SQL("SELECT {}, EXISTS (SELECT FROM {})").format(sql.Literal(each.as_string()), each)
            for each in tables
        ]
        full = [row[0] for row in admin.execute(sql.SQL(" UNION ALL ").join(asked)) if row[1]]
        if full:
            admin.execute(f"TRUNCATE {', '.join(full)} RESTART IDENTITY CASCADE".encode())
    ContentType.objects.clear_cache()


setattr(TransactionTestCase, "_fixture_teardown", _empty_tables)  # noqa: B010 - no part of its public face


def make_organization(slug: str) -> Any:
    """A tenant. Its id is drawn first, since a row can only be written within its own organization."""
    from callboard.people.models import Organization

    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('callboard_people_organization', 'id'))")
        (identity,) = cursor.fetchone()
    with organization_scope(identity):
        return Organization.objects.create(id=identity, slug=slug, name=slug.title(), zone="Europe/Madrid")


@pytest.fixture
def organization(db: None) -> Any:
    """A tenant in Madrid."""
    return make_organization("maple")


@pytest.fixture
def other_organization(db: None) -> Any:
    """Another tenant, whose rows must never be seen by the first."""
    return make_organization("birch")


@pytest.fixture
def in_organization(organization: Any) -> Iterator[Any]:
    """The test works within `organization`'s scope."""
    with organization_scope(organization.pk):
        yield organization


@pytest.fixture
def owner_connection(database_place: Place) -> Iterator[psycopg.Connection[Any]]:
    """The schema's owner, on a connection beside Django's."""
    with psycopg.connect(database_place.logins.owner, autocommit=True) as connection:
        yield connection


@pytest.fixture
def admin_connection(database_place: Place) -> Iterator[psycopg.Connection[Any]]:
    """The superuser, who sees past row-level security, on a connection beside Django's."""
    with psycopg.connect(database_place.admin, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real transcripts and logs, from CALLBOARD_TEST_DATA or beside the checkout."""
    place = Path(os.environ.get("CALLBOARD_TEST_DATA") or CHECKOUT.parent / "shared" / "data")
    if not place.is_dir():
        pytest.skip(f"no test data: set CALLBOARD_TEST_DATA (looked in {place})")
    return place
