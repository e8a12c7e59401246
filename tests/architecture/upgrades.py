"""What a migration does to the processes that run beside it, read from its operations.

Before it the old version's processes run; between the two stages the old ones and the new ones; after it the
new ones alone. So what the old ones could not live with waits, and what the new ones need cannot wait.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from callboard.lib import stages
from callboard.lib.tables import BuildIndex, CreateTables
from callboard.lib.tenancy import SecureReference, SecureTable

HARSH = re.compile(
    r"\bDROP\s+(?:TABLE|COLUMN|VIEW|FUNCTION|TYPE|SCHEMA|DEFAULT)\b|\bRENAME\b|\bSET\s+NOT\s+NULL\b"
    r"|\bADD\s+CONSTRAINT\b|\bALTER\s+TABLE\s+(?:ONLY\s+)?\S+\s+DROP\s+(?!CONSTRAINT\b|COLUMN\b)"
    r"|\bALTER\s+(?!TABLE\b)(?:COLUMN\s+)?\S+\s+(?:SET\s+DATA\s+)?TYPE\b"
    r"|\bCREATE\s+UNIQUE\s+INDEX\b|\bCREATE\s+TRIGGER\b"
    r"|\bREVOKE\b|\bCREATE\s+POLICY\b|\bENABLE\s+ROW\s+LEVEL\b",
    re.IGNORECASE,
)
INDEXING = re.compile(r"\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+(CONCURRENTLY\b)?", re.IGNORECASE)
INDEXED = (models.UniqueConstraint, ExclusionConstraint)
SLOW = "nobody can write to the table while it is built: use BuildIndex, with atomic = False"
HALF = "cut short it leaves half an index, and fails over that for ever: use BuildIndex"
NEITHER = "fits neither stage: old and new processes each need a name of their own. Add, copy, remove later"
OLD = "an old process could not live with it: say stage = AFTER"
UNWRITTEN = "an old process does not write it: give it a db_default, or let it be null"
NEW = "the new processes need it from their start: leave it to a migration before"


@dataclass(frozen=True)
class Fault:
    """One operation of a migration (`app.name`) that does not fit its stage."""

    migration: str
    what: str
    why: str


@dataclass
class _Made:
    """What the migration itself has made until now: nobody minds what becomes of that."""

    everything: bool
    """Whether it is the first of its app."""
    models: set[str] = field(default_factory=set)
    fields: set[tuple[str, str]] = field(default_factory=set)


def faults(migration: Migration, state: ProjectState) -> list[Fault]:
    """What does not fit; `state` is what the database is drawn up as before it, and after it afterwards."""
    after = stages.of(migration) == stages.AFTER
    made = _Made(everything=all(app != migration.app_label for app, _ in migration.dependencies))
    found = []
    for operation in migration.operations:
        former = state.clone()
        operation.state_forwards(migration.app_label, state)
        for each in _parts(operation):
            for what, why in _judged(each, migration.app_label, former, state, made):
                if why in {NEITHER, SLOW, HALF} or (why == NEW) == after:
                    found.append(Fault(stages.name(migration), what, why))
    return found


def _parts(operation: Operation) -> Iterator[Operation]:
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        for each in operation.database_operations:
            yield from _parts(each)
    elif isinstance(operation, CreateTables):
        yield from operation.models
    else:
        yield operation


def _judged(
    operation: Any, app: str, former: ProjectState, state: ProjectState, made: _Made
) -> Iterator[tuple[str, str]]:
    """What is done, and who could not live with it: one of the words above."""
    what = type(operation).__name__
    model = str(getattr(operation, "model_name", None) or getattr(operation, "name", "") or "").lower()
    if isinstance(operation, (SecureTable, SecureReference)):
        model = operation.model.lower()
    fresh = model in made.models
    match operation:
        case migrations.CreateModel():
            made.models.add(model)
            yield f"{what} {model}", NEW
        case migrations.RunSQL() if not made.everything:
            for words in HARSH.finditer(_sql(operation)):
                yield f"{what} {' '.join(words[0].upper().split())}", OLD
            for words in INDEXING.finditer(_sql(operation)):
                yield f"{what} CREATE INDEX", HALF if words[1] else SLOW
        case migrations.RenameModel() | migrations.RenameField():
            yield f"{what} {operation.old_name}", NEITHER
        case migrations.AlterModelTable():
            yield f"{what} {model}", NEITHER
        case migrations.AddField():
            made.fields.add((model, operation.name.lower()))
            if not fresh:
                yield f"{what} {model}.{operation.name}", NEW
                if not _may_be_left_out(operation.field):
                    yield f"{what} {model}.{operation.name}", UNWRITTEN
                elif operation.field.unique and not operation.field.null:
                    yield f"{what} {model}.{operation.name}", OLD
                if _indexed(operation.field):
                    yield f"{what} {model}.{operation.name} with an index", SLOW
        case _ if fresh:
            return
        case AddIndexConcurrently() if not isinstance(operation, BuildIndex):
            yield f"{what} {model}.{operation.index.name}", HALF
        case migrations.AddIndex() if not isinstance(operation, BuildIndex):
            yield f"{what} {model}.{operation.index.name}", SLOW
        case migrations.DeleteModel() | migrations.AddConstraint():
            yield f"{what} {_named(operation, model)}", OLD
            if isinstance(getattr(operation, "constraint", None), INDEXED):
                yield f"{what} {_named(operation, model)} with an index", SLOW
        case migrations.AlterUniqueTogether() | SecureTable():
            yield f"{what} {model}", OLD
        case SecureReference() if (model, operation.field.lower()) not in made.fields:
            yield f"{what} {model}.{operation.field}", OLD
        case migrations.RemoveField():
            yield f"{what} {model}.{operation.name}", OLD
            if not _may_be_left_out(_field(former, app, model, operation.name)):
                yield (f"{what} {model}.{operation.name} while it must be written", NEW)
        case migrations.AlterField() if (model, operation.name.lower()) not in made.fields:
            was = _field(former, app, model, operation.name)
            becomes = _field(state, app, model, operation.name)
            if _narrows(was, becomes):
                yield f"{what} {model}.{operation.name}", OLD
            if _narrows(becomes, was):
                yield f"{what} {model}.{operation.name}", NEW
            if _indexed(becomes) and not _indexed(was):
                yield f"{what} {model}.{operation.name} with an index", SLOW


def _sql(operation: Any) -> str:
    """Its statements, one text; each may come with parameters."""
    if isinstance(operation.sql, str):
        return operation.sql
    return ";\n".join(each if isinstance(each, str) else each[0] for each in operation.sql)


def _indexed(field: models.Field[Any, Any]) -> bool:
    """Whether PostgreSQL builds an index for it."""
    return bool(getattr(field, "db_index", False) or field.unique or field.primary_key)


def _named(operation: Any, model: str) -> str:
    constraint = getattr(operation, "constraint", None)
    return f"{model}.{constraint.name}" if constraint is not None else model


def _field(state: ProjectState, app: str, model: str, name: str) -> models.Field[Any, Any]:
    """With the model around it, so that it knows its column's type."""
    found: models.Field[Any, Any] = state.apps.get_model(app, model)._meta.get_field(name)
    return found


def _may_be_left_out(column: models.Field[Any, Any]) -> bool:
    """Whether a row can be written by who does not know of the column."""
    return (
        column.null or column.many_to_many or column.generated or column.db_default is not models.NOT_PROVIDED
    )


def _narrows(was: models.Field[Any, Any], becomes: models.Field[Any, Any]) -> bool:
    """Whether there is something that could be kept, and no longer can."""
    if (was.null and not becomes.null) or (becomes.unique and not was.unique):
        return True
    if _may_be_left_out(was) and not _may_be_left_out(becomes):
        return True
    check = becomes.db_check(connection)
    return not _holds_all_of(was, becomes) or (check is not None and check != was.db_check(connection))


def _holds_all_of(was: models.Field[Any, Any], becomes: models.Field[Any, Any]) -> bool:
    """Whether the new type of the column takes every value of the former one."""
    old, new = was.db_type(connection), becomes.db_type(connection)
    whole = ["smallint", "integer", "bigint"]
    if old == new or (new == "text" and (old or "").startswith("varchar")):
        return True
    if old in whole and new in whole:
        return whole.index(old) <= whole.index(new)
    lengths = [re.fullmatch(r"varchar(?:\((\d+)\))?", each or "") for each in (old, new)]
    if all(lengths):
        most = [int(each[1]) if each and each[1] else 1 << 30 for each in lengths]
        return most[0] <= most[1]
    return False
