"""A row of any tenant's table, made from the model alone, so that a new table is covered without a word.

Required fields are filled by their type; foreign keys to tenants' tables with rows of the same organization.
`SAID` says what a type alone cannot know.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import psycopg
from django.apps import apps
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from psycopg.types.range import TimestamptzRange

from callboard.lib import clock
from callboard.lib.tenancy import TenantModel, current_organization, organization_scope
from callboard.people.models import Organization

_numbers = count(1)

SAID: dict[str, dict[str, Any]] = {
    "callboard_sessions.Session": {
        "starts_at": lambda: clock.now(),
        "ends_at": lambda: clock.now() + timedelta(hours=1),
    },
    "callboard_sessions.JoinLink": {"session": lambda: _one(apps.get_model("callboard_sessions.Session"))},
    "callboard_sessions.Server": {"kind": lambda: "livekit"},
    "callboard_sessions.Hold": {"lifted_at": lambda: clock.now()},
    "callboard_people.Import": {"kind": lambda: "people"},
    "callboard_people.Guardianship": {"student": lambda: _fresh("callboard_people.Person")},
}
"""By model and field, what to fill in."""


def tenant_models() -> list[type[TenantModel]]:
    """Every model whose rows belong to one organization."""
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def one_of_each(organization: Organization) -> None:
    """At least one row in every tenant's table, for one organization."""
    with organization_scope(organization.pk):
        for model in tenant_models():
            _one(model)


def sums(connection: psycopg.Connection[Any], organization: int) -> dict[str, tuple[int, int]]:
    """How many rows of each table the organization has, and a sum over all that they say."""
    found = {}
    for model in tenant_models():
        table = model._meta.db_table
        row = connection.execute(
            f"SELECT count(*), coalesce(sum(hashtext(t::text)), 0) FROM {table} t"
            f" WHERE organization_id = {organization}".encode()
        ).fetchone()
        assert row is not None
        found[table] = (row[0], row[1])
    return found


def _one(model: type[models.Model]) -> models.Model:
    """A row that is there already, or a fresh one."""
    found = model._default_manager.first()
    return found if found is not None else _fresh(model._meta.label)


def _fresh(label: str) -> models.Model:
    model = apps.get_model(label)
    said = SAID.get(label, {})
    values = {field.name: _value(field) for field in model._meta.local_fields if _must_be_said(field)}
    values |= {name: make() for name, make in said.items()}
    if issubclass(model, TenantModel):
        values["organization_id"] = current_organization()
    row: models.Model = model._default_manager.create(**values)
    return row


def _must_be_said(field: models.Field[Any, Any]) -> bool:
    """Not what a default, a sequence or nothing will do for, nor the organization."""
    if field.name == "organization" or field.has_default() or field.null or field.auto_created:
        return False
    if field.generated:
        return False
    return not (field.blank and field.empty_strings_allowed) and not isinstance(field, models.AutoField)


def _value(field: models.Field[Any, Any]) -> Any:
    number = next(_numbers)
    match field:
        case models.ForeignKey():
            return _one(field.remote_field.model)
        case DateTimeRangeField():
            start = clock.now() + timedelta(days=number)
            return TimestamptzRange(start, start + timedelta(hours=1))
        case models.DateTimeField():
            return clock.now()
        case models.DateField():
            return clock.now().date() + timedelta(days=number)
        case models.CharField() if field.choices:
            return next(iter(dict(field.flatchoices)))
        case models.EmailField():
            return f"n{number}@example.org"
        case models.CharField() | models.TextField():
            return f"n{number}"
        case models.BooleanField():
            return False
        case models.BinaryField():
            return b"-"
        case models.IntegerField():
            return number % 8
        case models.FloatField():
            return float(number)
        case models.JSONField():
            return {}
        case _:
            raise NotImplementedError(f"say in tests.support.rows what {field} needs")
