"""Tenancy, twice: a scope that every query goes through, and row-level security where a query forgets.

A transaction works for one organization at a time, named by the setting `app.organization`; unset, it
reads nothing. Migrations put tables under that rule by `SecureTable`, and foreign keys that come later by
`SecureReference`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Self, TypeVar

from django.apps.registry import Apps
from django.db import connections, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_current: ContextVar[int | None] = ContextVar("callboard_organization", default=None)

CURRENT_ORGANIZATION = "nullif(current_setting('app.organization', true), '')::bigint"
CURRENT_USER = "nullif(current_setting('app.user', true), '')::bigint"


class OutsideTenant(RuntimeError):
    """A tenant's table was touched with no organization set: a bug in the caller, never a user's error."""


def current_organization() -> int:
    """The id of the organization in scope. Raises OutsideTenant where there is none."""
    organization = _current.get()
    if organization is None:
        raise OutsideTenant("no organization is in scope; open lib.tenancy.organization_scope first")
    return organization


def organization_in_scope() -> int | None:
    return _current.get()


def _ends_with_us(using: str) -> bool:
    """Whether the transaction about to be opened is no savepoint: what is set in it is gone after it."""
    return not connections[using].in_atomic_block


def set_local(name: str, value: int | str | None, using: str = "default") -> None:
    """Set a setting for the rest of this transaction (or savepoint). Needs an open transaction."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, "" if value is None else str(value)])


@contextmanager
def organization_scope(organization: int, using: str = "default") -> Iterator[None]:
    """One transaction (or savepoint) that works for one organization.

    Opens a transaction where none is open. Scopes nest: within another organization's scope this one holds
    until the block ends, and the former is in force again after it.
    """
    former = _current.get()
    alone = _ends_with_us(using)
    with transaction.atomic(using=using):
        set_local("app.organization", organization, using)
        token = _current.set(organization)
        try:
            yield
            # Not on the way out of an error: the transaction is then broken, and its rollback undoes this.
            if former != organization and not alone:
                set_local("app.organization", former, using)
        finally:
            _current.reset(token)


@contextmanager
def user_scope(user: int, using: str = "default") -> Iterator[None]:
    """One transaction in which a login may read its own memberships, before any organization is chosen."""
    alone = _ends_with_us(using)
    with transaction.atomic(using=using):
        set_local("app.user", user, using)
        yield
        if not alone:
            set_local("app.user", None, using)


def read_as_user(user: int, statement: str, using: str = "default") -> list[tuple[Any, ...]]:
    """The rows of a statement that reads a login's own memberships (`%(user)s`), in one round trip."""
    alone = _ends_with_us(using)  # both statements are then one transaction of their own
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT set_config('app.user', %(setting)s, true); {statement}",
            {"setting": str(user), "user": user},
        )
        cursor.nextset()
        rows = list(cursor.fetchall())
    if not alone:
        set_local("app.user", None, using)
    return rows


@contextmanager
def sweep(using: str = "default") -> Iterator[None]:
    """One transaction in which a periodic job may list the organizations, to then enter each. No user's."""
    with transaction.atomic(using=using):
        set_local("app.sweep", "on", using)
        yield
        set_local("app.sweep", None, using)


M = TypeVar("M", bound=models.Model, covariant=True)


class TenantManager(models.Manager[M]):
    """Every query through it is the current organization's; outside a scope it raises OutsideTenant."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(organization_id=current_organization())


class TenantModel(models.Model):
    """A row that belongs to exactly one organization: the one in scope, unless told otherwise."""

    organization = models.ForeignKey(
        "callboard_people.Organization",
        on_delete=models.CASCADE,
        default=current_organization,
        editable=False,
        related_name="+",
    )

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True


class SecureTable(Operation):
    """Put a tenant's table under row-level security, in a migration.

    1. ENABLE and FORCE row-level security with one policy for all commands, USING and WITH CHECK.
    2. Make (organization, id) unique, so that others can refer to the pair (unless not `referable`).
    3. Let each foreign key to another tenant's table carry the organization too, since key checks bypass
       row-level security.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model: str, *, referable: bool = True) -> None:
        self.model = model
        self.referable = referable

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (type(self).__name__, [self.model], {} if self.referable else {"referable": False})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002 - Django's signature
        to_state: ProjectState,
    ) -> None:
        apps: Apps = to_state.apps
        model = apps.get_model(app_label, self.model)
        table = model._meta.db_table
        schema_editor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        schema_editor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        rule = f"organization_id = {CURRENT_ORGANIZATION}"
        schema_editor.execute(f'CREATE POLICY tenant ON "{table}" USING ({rule}) WITH CHECK ({rule})')
        if self.referable:
            key = model._meta.pk.column
            schema_editor.execute(
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_tenant_key" UNIQUE (organization_id, "{key}")'
            )
        for field in model._meta.local_fields:
            if _refers_to_tenants(field):
                _carry_organization(schema_editor, table, field)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,  # noqa: ARG002 - Django's signature
    ) -> None:
        table = from_state.apps.get_model(app_label, self.model)._meta.db_table
        schema_editor.execute(f'DROP POLICY IF EXISTS tenant ON "{table}"')
        schema_editor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')

    def describe(self) -> str:
        return f"Put {self.model} under row-level security"


class SecureReference(Operation):
    """Let a foreign key that was added to a tenant's table later carry the organization too."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, model: str, field: str) -> None:
        self.model = model
        self.field = field

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (type(self).__name__, [self.model, self.field], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002 - Django's signature
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model)
        _carry_organization(schema_editor, model._meta.db_table, model._meta.get_field(self.field))

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,  # noqa: ARG002 - Django's signature
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model)
        table, column = model._meta.db_table, model._meta.get_field(self.field).column
        schema_editor.execute(
            f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{_reference_name(table, column)}"'
        )

    def describe(self) -> str:
        return f"Let {self.model}.{self.field} carry the organization"


def _refers_to_tenants(field: Any) -> bool:
    target = field.remote_field.model if isinstance(field, models.ForeignKey) else None
    return target is not None and field.name != "organization" and _is_tenants(target)


def _carry_organization(schema_editor: BaseDatabaseSchemaEditor, table: str, field: Any) -> None:
    target = field.remote_field.model._meta
    schema_editor.execute(
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{_reference_name(table, field.column)}" '
        f'FOREIGN KEY (organization_id, "{field.column}") '
        f'REFERENCES "{target.db_table}" (organization_id, "{target.pk.column}") '
        "DEFERRABLE INITIALLY DEFERRED"
    )


def _reference_name(table: str, column: str) -> str:
    return f"{table}_{column}_tenant"[:60]


def _is_tenants(model: Any) -> bool:
    return any(field.name == "organization" for field in model._meta.local_fields)
