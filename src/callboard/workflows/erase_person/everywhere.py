"""The last look: every column of text or JSON in every table of the organization, whatever it is for.

A table that is added tomorrow is looked through too, without a word here. What is found is put without them;
the row stays. People's own rows are left out: another's name is theirs, be it the same. What could be
anything ("Rose", "7") goes only from columns that say people, which `places` lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any, TypeAlias

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from callboard.lib import crash
from callboard.lib.redaction import Redaction
from callboard.lib.tenancy import TenantModel, organization_scope
from callboard.live.models import Attendance, Event
from callboard.people.erasing import Subject
from callboard.people.erasure_models import Erasure
from callboard.people.models import Person
from callboard.workflows.erase_person.places import PEOPLES_IDS, WORDS

LEFT_OUT: dict[type[TenantModel], str] = {
    Person: "blanked when it was asked for; the names in it are others' own",
    Event: "ids alone, changed by live.operations.renaming, in a role of its own",
    Erasure: "what is sought is forgotten when all else is done",
}
"""Tables with text that are not looked through, and why."""

WRITTEN_ANEW: dict[type[TenantModel], str] = {
    Attendance: "where the engine came by the new id first, it has written the whole of it under that",
}
"""Tables whose rows may go where the same row is there under the new id already, and why."""

AT_ONCE = 200
UNIQUE_VIOLATION = "23505"

Redactions: TypeAlias = "dict[models.Field[Any, Any], Redaction]"
"""What goes from each column of a table."""


def sweep(subject: Subject) -> int:
    """In transactions of its own. Answers how many rows were changed."""
    return sum(_sweep(model, subject) for model in swept())


def swept() -> Iterator[type[TenantModel]]:
    """The tables that are looked through."""
    for model in apps.get_models():
        if issubclass(model, TenantModel) and model not in LEFT_OUT and columns(model):
            yield model


def columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Those that may hold what somebody wrote, or an id: not codes of a fixed list."""
    return [
        field
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not field.choices
        and not field.generated
    ]


def _redactions(model: type[TenantModel], subject: Subject) -> Redactions:
    table = model._meta.db_table
    anywhere, in_words, in_ids = subject.redaction, subject.in_words, subject.in_ids
    found = {}
    for field in columns(model):
        if field.column in WORDS.get(table, ()):
            found[field] = in_words
        elif field.column in PEOPLES_IDS.get(table, ()):
            found[field] = in_ids
        else:
            found[field] = anywhere
    return found


def _sweep(model: type[TenantModel], subject: Subject) -> int:
    redactions = _redactions(model, subject)
    table, key = model._meta.db_table, model._meta.pk.column
    found: list[str] = []
    values: dict[str, Any] = {"organization": subject.organization}
    for n, (field, redaction) in enumerate(redactions.items()):
        found.append(f'"{field.column}"::text ~* %(pattern{n})s')
        is_json = isinstance(field, models.JSONField)
        values[f"pattern{n}"] = redaction.pattern_in_json if is_json else redaction.pattern
    with organization_scope(subject.organization), connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "{key}" FROM "{table}" '  # noqa: S608
            f"WHERE organization_id = %(organization)s AND ({' OR '.join(found)}) ORDER BY 1",
            values,
        )
        ids = [row[0] for row in cursor.fetchall()]
    changed = 0
    for start in range(0, len(ids), AT_ONCE):
        with organization_scope(subject.organization):
            manager: models.Manager[TenantModel] = model.objects
            for row in manager.filter(pk__in=ids[start : start + AT_ONCE]).select_for_update():
                changed += _put(row, redactions)
        crash.point("erase_person.in_the_sweep")
    return changed


def _put(row: TenantModel, redactions: Redactions) -> bool:
    values = {}
    for field, redaction in redactions.items():
        former = getattr(row, field.attname)
        latter = redaction.value(former)
        if latter != former:
            length = getattr(field, "max_length", None)
            values[field.attname] = latter[:length] if isinstance(latter, str) and length else latter
    if not values:
        return False
    _write(row, values)
    return True


def _write(row: TenantModel, values: dict[str, Any]) -> None:
    """Two that differed by a name alone are told apart by a number: no row is lost."""
    manager: models.Manager[TenantModel] = type(row).objects
    for n in count(1):
        try:
            with transaction.atomic():
                manager.filter(pk=row.pk).update(**(values if n == 1 else _numbered(row, values, n)))
            return
        except IntegrityError as error:
            if type(row) in WRITTEN_ANEW:
                manager.filter(pk=row.pk).delete()
                return
            taken = getattr(error.__cause__, "sqlstate", "") == UNIQUE_VIOLATION
            if not taken or _numbered(row, values, 2) == values:
                raise


def _numbered(row: TenantModel, values: dict[str, Any], n: int) -> dict[str, Any]:
    """Of the values those texts that no two rows may share, with a number after them."""
    alone = {name for each in row._meta.constraints for name in getattr(each, "fields", ())}
    latter = dict(values)
    for field in row._meta.local_concrete_fields:
        value = values.get(field.attname)
        if isinstance(value, str) and (field.unique or field.name in alone):
            length = getattr(field, "max_length", None)
            room = length - len(f" {n}") if length else None
            latter[field.attname] = f"{value[:room]} {n}"
    return latter
