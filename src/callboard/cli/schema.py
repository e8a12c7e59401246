"""The schema, brought up to date by the role that owns it: at once, or before and after old processes end."""

from __future__ import annotations

from time import sleep
from typing import TYPE_CHECKING

from callboard.cli import failures
from callboard.lib import garbage, stages

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper
    from django.db.migrations import Migration
    from django.db.migrations.executor import MigrationExecutor

ALIAS = "owner"
LOCK_WITHIN = 0.8
"""Seconds that a step waits for a table. Whoever comes after it waits behind it, so it must not be long; and
less than PostgreSQL takes to look for a deadlock (1 s), of which a user's transaction might be the victim.
"""
PAUSE = 1.0  # seconds between tries
TRIES = 60
LOOK_AGAIN = 0.2  # seconds, while another process migrates


def pending() -> stages.Pending:
    """What the database lacks, by stage. On an empty one all is `before`: nobody is there to mind.

    Raises BadInput as `bring_up_to_date` does.
    """
    return _look()[1]


def bring_up_to_date(*, only_before: bool = False) -> list[str]:
    """Apply what the database lacks; returns what was applied. Safe to run in two processes at once.

    `only_before`: nothing that a process of the older version could not live with. Raises BadInput where the
    database was made by a commit from before the history began anew, and not by the last of them; Failed
    where old and new cannot run side by side (nothing is applied then), or where a table stays locked.
    """
    from django.db import connections

    connection = connections[ALIAS]
    with connection.cursor() as cursor:
        # Asked for again and again: a transaction that waits for it would hold up an index that is built
        # without locking, which waits for every transaction.
        while not _taken(cursor):
            sleep(LOOK_AGAIN)
        try:
            executor, found = _look()
            if only_before and found.held:
                raise _not_side_by_side(found)
            lacking = found.before if only_before else _everything(executor)
            applied = [stages.name(each) for each in lacking]
            if not lacking:
                executor.check_replacements()
            elif "django_migrations" in connection.introspection.table_names(cursor):
                _apply_patiently(only_before=only_before)
            else:
                # The disk is waited for once, at the end: until then there is nothing to lose.
                cursor.execute("SET synchronous_commit = off")
                with garbage.left():  # drawn-up models are garbage in circles: looking is a third of the time
                    _make()
                cursor.execute("RESET synchronous_commit")
                cursor.execute("ANALYZE django_migrations")
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('callboard.migrate'))")
    connection.close()
    return applied


def _taken(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(hashtext('callboard.migrate'))")
    row = cursor.fetchone()
    return row is not None and bool(row[0])


def _look() -> tuple[MigrationExecutor, stages.Pending]:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    _refuse_half_a_history()
    executor = MigrationExecutor(connections[ALIAS])
    lacking = _everything(executor)
    if not executor.loader.applied_migrations:
        return executor, stages.Pending(before=lacking)
    return executor, stages.split(lacking, executor.loader.graph)


def _everything(executor: MigrationExecutor) -> list[Migration]:
    return [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def _not_side_by_side(found: stages.Pending) -> failures.Failed:
    names = {key: ", ".join(map(stages.name, each)) for key, each in vars(found).items()}
    return failures.Failed(
        f"This version cannot run beside the one that is running: it needs {names['held']}, which come after "
        f"{names['after']}, and those wait until no older process runs. Either finish the last upgrade "
        "first, with `callboard migrate` of the version that is running, or go by way of the versions in "
        "between; or stop every process and run `callboard migrate`. Nothing was changed.",
        code="not_side_by_side",
    )


def _apply_patiently(*, only_before: bool) -> None:
    """Each migration in a transaction of its own; one that gets no hold of a table gives way and comes again.

    Raises Failed when that goes on for too long; what was applied until then stays.
    """
    import psycopg
    from django.db import OperationalError

    for attempt in range(1, TRIES + 1):
        try:
            _apply(only_before=only_before)
            return
        except OperationalError as error:
            if not isinstance(
                error.__cause__, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected
            ):
                raise
            if attempt == TRIES:
                raise failures.Failed(
                    "A table that is to be changed stays in use: some transaction has been open for "
                    f"{TRIES * (LOCK_WITHIN + PAUSE):.0f} seconds. End it, and migrate again.",
                    code="locked",
                ) from error
            sleep(PAUSE)


def _apply(*, only_before: bool) -> None:
    """What `migrate` does, with an end to waiting for tables."""
    from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
    from django.db import connections

    executor, found = _look()
    connection = connections[ALIAS]
    executor.loader.check_consistent_history(connection)
    executor.progress_callback = _limit_waiting
    plan = [(each, False) for each in (found.before if only_before else _everything(executor))]
    emit_pre_migrate_signal(verbosity=0, interactive=False, db=ALIAS, plan=plan)
    try:
        executor.migrate(None, plan=plan)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    emit_post_migrate_signal(verbosity=0, interactive=False, db=ALIAS, plan=plan)


def _limit_waiting(
    action: str,
    migration: Migration | None = None,
    fake: bool | None = False,  # noqa: ARG001 - Django's signature
) -> None:
    """One that runs outside a transaction stops nobody while it waits, and would leave half of its work."""
    from django.db import connections

    if action == "apply_start" and migration is not None:
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {int(LOCK_WITHIN * 1_000) if migration.atomic else 0}")


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
