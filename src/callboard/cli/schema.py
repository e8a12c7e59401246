"""The schema, brought up to date by the role that owns it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from callboard.cli import failures

ALIAS = "owner"


def pending() -> list[str]:
    """The names of migrations that the database lacks. Raises BadInput as `bring_up_to_date` does."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    _refuse_half_a_history()
    executor = MigrationExecutor(connections[ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def bring_up_to_date() -> list[str]:
    """Apply what the database lacks; returns what was applied. Safe to run in two processes at once.

    Raises BadInput where the database was made by a commit from before the history began anew, and not by
    the last of them.
    """
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    connection = connections[ALIAS]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('callboard.migrate'))")
        try:
            lacking = pending()
            if not lacking:
                MigrationExecutor(connection).check_replacements()
            elif "django_migrations" in connection.introspection.table_names(cursor):
                call_command("migrate", database=ALIAS, verbosity=0, interactive=False)
            else:
                # The disk is waited for once, at the end: until then there is nothing to lose.
                cursor.execute("SET synchronous_commit = off")
                with _no_garbage():
                    _make()
                cursor.execute("RESET synchronous_commit")
                cursor.execute("ANALYZE django_migrations")
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('callboard.migrate'))")
    connection.close()
    return lacking


def _make() -> None:
    """What `migrate` does on an empty database, in half the time.

    The libraries' tables come first, while few models are related to them: each step draws up all of those
    anew. Whoever hears that it is done (Django's own permissions do) gets the models of the code in place of
    drawn-up ones: on a schema that was made this moment they are the same.
    """
    from django.core.management.sql import emit_post_migrate_signal
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[ALIAS])
    nodes = sorted(executor.loader.graph.leaf_nodes(), key=lambda node: node[0].startswith("callboard_"))
    executor.migrate(nodes)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=ALIAS)


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Drawn-up models are garbage in circles; looking for it each time takes a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _refuse_half_a_history() -> None:
    """Migrations that were made into one are all in the database, or none is."""
    from django.db import connections
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    recorded = set(MigrationRecorder(connections[ALIAS]).applied_migrations())
    for migration in MigrationLoader(None).disk_migrations.values():
        if not migration.app_label.startswith("callboard_") or not migration.replaces:
            continue
        lacking = [name for app, name in migration.replaces if (app, name) not in recorded]
        if lacking and len(lacking) < len(migration.replaces):
            raise failures.BadInput(
                f"This database was made by an earlier commit: it lacks {migration.app_label}.{lacking[0]}, "
                "which has since become part of one first migration. Either run `callboard migrate` from the "
                "commit before “cli: Begin the schema's history anew”, then again from this one; or begin in "
                "another folder (--data-dir).",
                code="history_begun_anew",
            )
