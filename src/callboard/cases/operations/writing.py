"""Writing many rows at once: one statement with an array per column.

Django makes an expression per row and column, and takes seconds for what this does in milliseconds; when a
node goes down, and when it comes back, hundreds of cases change in one commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import msgspec
from django.db import connection, models

from callboard.cases.models import Case, CaseEntry


def write(cases: Sequence[Case], columns: Sequence[str]) -> None:
    """Write these columns of cases that are locked. Needs an open transaction."""
    if not cases:
        return
    fields = [_field(Case, name) for name in columns]
    changes = ", ".join(f"{field.column} = given.{field.column}{_back(field)}" for field in fields)
    names = ", ".join(["id", *(field.column for field in fields)])
    arrays = ", ".join(["%s::bigint[]", *(f"%s::{_sent(field)}[]" for field in fields)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Case._meta.db_table} AS held SET {changes} "  # noqa: S608 - our own columns' names
            f"FROM unnest({arrays}) AS given ({names}) WHERE held.id = given.id",
            [[case.pk for case in cases], *(_column(cases, field) for field in fields)],
        )


def insert_cases(cases: Sequence[Case]) -> None:
    """Insert new cases, and give them their ids. Needs an open transaction."""
    if not cases:
        return
    ids = dict(_insert(Case, cases, returning="occurrence, id"))
    for case in cases:
        case.pk = ids[case.occurrence]
        case._state.adding = False


def insert_entries(entries: Sequence[CaseEntry]) -> None:
    """Insert lines of histories whose cases have ids. Needs an open transaction."""
    if entries:
        _insert(CaseEntry, entries, returning="id")


def _insert(model: type[models.Model], rows: Sequence[models.Model], returning: str) -> list[Any]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(field.column for field in fields)
    values = ", ".join(f"{field.column}{_back(field)}" for field in fields)
    arrays = ", ".join(f"%s::{_sent(field)}[]" for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} "  # noqa: S608 - our own names
            f"FROM unnest({arrays}) WITH ORDINALITY AS given ({names}, place) ORDER BY place "
            f"RETURNING {returning}",
            [_column(rows, field) for field in fields],
        )
        return list(cursor.fetchall())


Field: TypeAlias = "models.Field[Any, Any]"


def _field(model: type[models.Model], name: str) -> Field:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def _is_document(field: Field) -> bool:
    return isinstance(field, models.JSONField)


def _sent(field: Field) -> str:
    """What an array of it is sent as: a document goes as its text."""
    return "text" if _is_document(field) else str(field.db_type(connection))


def _back(field: Field) -> str:
    return "::jsonb" if _is_document(field) else ""


def _column(rows: Sequence[models.Model], field: Field) -> list[Any]:
    values = [getattr(row, field.attname) for row in rows]
    if _is_document(field):
        return [None if value is None else msgspec.json.encode(value).decode() for value in values]
    return [str(value) if isinstance(value, str) else value for value in values]
