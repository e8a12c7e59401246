"""What this version expects of the database's schema, asked with any login that may read."""

from __future__ import annotations

import functools

from django.db import connection

from callboard.lib import stages


def lacking(stage: stages.Stage) -> list[str]:
    """Migrations of this version and that stage that the database has not had, by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        had = set(cursor.fetchall())
    return sorted(
        f"{app}.{name}" for (app, name), its in known().items() if its == stage and (app, name) not in had
    )


@functools.cache
def known() -> dict[stages.Key, stages.Stage]:
    """All migrations, the libraries' too, with the stage of each."""
    from django.db.migrations.loader import MigrationLoader

    return {key: stages.of(each) for key, each in MigrationLoader(None).graph.nodes.items()}
