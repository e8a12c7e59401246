"""What this version expects of the database's schema, asked with any login that may read."""

from __future__ import annotations

import functools

from django.db import connection


def lacking() -> list[str]:
    """Migrations of this version that the database has not had, by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return sorted(f"{app}.{name}" for app, name in known() - set(cursor.fetchall()))


@functools.cache
def known() -> frozenset[tuple[str, str]]:
    """The migrations of our own packages."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    return frozenset(node for node in loader.graph.nodes if node[0].startswith("callboard_"))
