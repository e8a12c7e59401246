"""Several reads in one round trip, in SQL: what a page that is asked for all day needs, at the cost of one.

Django's cursors put parameters into the text before they send it, so that statements may stand in one text.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from django.db import connection, models

from callboard.lib.tenancy import current_organization

Row = tuple[Any, ...]
M = TypeVar("M", bound=models.Model)


def together(statements: Sequence[str], parameters: Mapping[str, Any]) -> list[list[Row]]:
    """The rows of each. All may name all `parameters`, and `organization`, which is the one in scope."""
    with connection.cursor() as cursor:
        cursor.execute(";\n".join(statements), {"organization": current_organization(), **parameters})
        found = [list(cursor.fetchall())]
        while cursor.nextset():
            found.append(list(cursor.fetchall()))
    return found


def columns(model: type[models.Model], names: Collection[str]) -> str:
    """These fields of a model (by attribute: "session_id") as a statement names them, in its own order.

    Raises ValueError for one that it does not have, here and below.
    """
    table = model._meta.db_table
    return ", ".join(f'"{table}"."{field.column}"' for field in _fields(model, names))


def select(model: type[models.Model], names: Collection[str], where: str) -> str:
    """A statement that reads these fields of an organization's rows."""
    table = model._meta.db_table
    return (
        f'SELECT {columns(model, names)} FROM "{table}" '  # noqa: S608 - names of our own tables
        f'WHERE "{table}".organization_id = %(organization)s AND {where}'
    )


def made(model: type[M], names: Collection[str], rows: Sequence[Row]) -> list[M]:
    """The rows of such a statement as the model's; fields that were not read are deferred, JSON is read."""
    fields = _fields(model, names)
    read = [field.attname for field in fields]
    documents = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    if documents:
        rows = [_with_documents(row, documents) for row in rows]
    return [model.from_db("default", read, row) for row in rows]


def _with_documents(row: Row, places: Sequence[int]) -> Row:
    values = list(row)
    for place in places:
        if values[place] is not None:
            values[place] = msgspec.json.decode(values[place])
    return tuple(values)


def _fields(model: type[models.Model], names: Collection[str]) -> list[Any]:
    fields = [field for field in model._meta.concrete_fields if field.attname in names]
    unknown = {*names} - {field.attname for field in fields}
    if unknown:
        raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    return fields
