"""Row-level security at work: no tenant sees or touches another's rows, and each policy is missed when gone.

One check, `faults`, is made with every policy in force, where it must find nothing, and again with each
policy dropped, opened or switched off in a transaction that is rolled back, where it must find something.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.db import models

from callboard.lib.postgres import roles
from callboard.lib.tenancy import organization_scope
from callboard.people.models import ApiKey, Invitation, Member, Organization
from tests.architecture.test_tenancy import NO_TENANTS, OPENINGS, tables
from tests.support.rows import one_of_each, tenant_models

pytestmark = pytest.mark.django_db(transaction=True)

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Tenants:
    """Two organizations with a row in every table each, and the superuser's connection, in a transaction."""

    admin: Connection
    ours: int
    theirs: int


@pytest.fixture
def tenants(
    organization: Organization, other_organization: Organization, admin_connection: Connection
) -> Tenants:
    for each in (organization, other_organization):
        one_of_each(each)
    return Tenants(admin_connection, organization.pk, other_organization.pk)


def secured() -> dict[str, str]:
    """Every tenant's table, and the column that says whose a row is."""
    tables = {model._meta.db_table: "organization_id" for model in tenant_models()}
    return {**tables, Organization._meta.db_table: "id"}


@contextmanager
def rolled_back(connection: Connection) -> Iterator[None]:
    with connection.transaction(force_rollback=True):
        yield


def count(connection: Connection, query: str, *arguments: Any) -> int:
    row = connection.execute(query.encode(), arguments).fetchone()
    assert row is not None
    return int(row[0])


def refused(connection: Connection, statement: str, *arguments: Any) -> bool:
    """Whether row-level security (or the lack of a right) refuses a write."""
    try:
        with connection.transaction(force_rollback=True):
            return connection.execute(statement.encode(), arguments).rowcount == 0
    except psycopg.errors.InsufficientPrivilege:
        return True
    except psycopg.IntegrityError:
        return False  # row-level security comes first, and let it through


COPIED = (
    'INSERT INTO "{table}" ({written}) SELECT {written} FROM '
    "(SELECT (jsonb_populate_record(t, jsonb_build_object('{column}', %s::bigint))).* "
    'FROM "{table}" AS t WHERE {column} = %s LIMIT 1) AS ours'
)
"""One of our own rows, written again as theirs."""


def written(connection: Connection, table: str) -> str:
    """The columns that are written: those that the database generates are not."""
    rows = connection.execute(
        b"SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
        b"AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [table],
    )
    return ", ".join(str(row[0]) for row in rows)


def faults(tenants: Tenants, table: str, column: str) -> list[str]:
    """What is wrong with a table, seen as the application working for `ours`. Needs an open transaction."""
    admin, ours, theirs = tenants.admin, tenants.ours, tenants.theirs
    found = []
    with rolled_back(admin):
        admin.execute(f"SET LOCAL ROLE {roles.APP}".encode())
        if count(admin, f'SELECT count(*) FROM "{table}"'):
            found.append("rows are seen with no organization set")
        admin.execute("SELECT set_config('app.organization', %s, true)", [str(ours)])
        if not count(admin, f'SELECT count(*) FROM "{table}" WHERE {column} = %s', ours):
            found.append("one's own rows are not seen")
        if count(admin, f'SELECT count(*) FROM "{table}" WHERE {column} <> %s', ours):
            found.append("another's rows are seen")
        if not refused(admin, f'UPDATE "{table}" SET {column} = {column} WHERE {column} = %s', theirs):
            found.append("another's rows are changed")
        if not refused(admin, f'DELETE FROM "{table}" WHERE {column} = %s', theirs):
            found.append("another's rows are deleted")
        if not refused(admin, f'UPDATE "{table}" SET {column} = %s WHERE {column} = %s', theirs, ours):
            found.append("one's own rows are handed to another")
        if not refused(
            admin, COPIED.format(table=table, column=column, written=written(admin, table)), theirs, ours
        ):
            found.append("rows are written as another's")
    return found


def test_no_tenant_sees_or_touches_anothers_rows(tenants: Tenants) -> None:
    with rolled_back(tenants.admin):
        found = {table: faults(tenants, table, column) for table, column in secured().items()}
    assert {table: problems for table, problems in found.items() if problems} == {}
    assert set(found) == set(tables(tenants.admin)) - set(NO_TENANTS)


def test_there_is_a_row_of_each_tenant_to_be_seen(tenants: Tenants) -> None:
    empty = [
        table
        for table, column in secured().items()
        if count(tenants.admin, f'SELECT count(DISTINCT {column}) FROM "{table}"') < 2
    ]
    assert empty == []


MISHAPS = {
    "dropped": 'DROP POLICY tenant ON "{table}"',
    "opened": 'ALTER POLICY tenant ON "{table}" USING (true)',
    "writes unchecked": 'ALTER POLICY tenant ON "{table}" WITH CHECK (true)',
    "unset shows all": 'ALTER POLICY tenant ON "{table}" '
    "USING (coalesce({column} = nullif(current_setting('app.organization', true), '')::bigint, true))",
    "switched off": 'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
}


@pytest.mark.parametrize("mishap", MISHAPS)
def test_a_policy_that_is_gone_or_open_is_noticed(tenants: Tenants, mishap: str) -> None:
    unnoticed = []
    for table, column in secured().items():
        with rolled_back(tenants.admin):
            tenants.admin.execute(MISHAPS[mishap].format(table=table, column=column).encode())
            if not faults(tenants, table, column):
                unnoticed.append(table)
    assert unnoticed == []


def test_the_owner_of_the_tables_is_held_too(tenants: Tenants, owner_connection: Connection) -> None:
    seen = {table: count(owner_connection, f'SELECT count(*) FROM "{table}"') for table in secured()}
    assert {table: rows for table, rows in seen.items() if rows} == {}


@dataclass(frozen=True)
class Probe:
    """How an opening is used: as which role, with which setting, and how many rows it shows."""

    setting: str
    value: str
    rows: int
    role: str = roles.APP


def probes(tenants: Tenants) -> dict[tuple[str, str], Probe]:
    with organization_scope(tenants.ours):
        key, invitation, member = ApiKey.objects.get(), Invitation.objects.get(), Member.objects.get()
    return {
        ("callboard_people_member", "own_login"): Probe("app.user", str(member.user_id), 2),
        ("callboard_people_organization", "membership"): Probe("app.user", str(member.user_id), 2),
        ("callboard_people_organization", "sweep"): Probe("app.sweep", "on", 2),
        ("callboard_people_apikey", "presented"): Probe("app.api_key", key.key_hash, 1),
        ("callboard_people_invitation", "presented"): Probe("app.invitation", invitation.token_hash, 1),
        ("callboard_live_event", "engine"): Probe("app.user", "0", 2, roles.ENGINE),
    }


def shown(tenants: Tenants, table: str, probe: Probe) -> int:
    admin = tenants.admin
    with rolled_back(admin):
        admin.execute(f"SET LOCAL ROLE {probe.role}".encode())
        admin.execute("SELECT set_config(%s, %s, true)", [probe.setting, probe.value])
        return count(admin, f'SELECT count(*) FROM "{table}"')


def test_an_opening_shows_what_it_is_for_and_nothing_when_it_is_gone(tenants: Tenants) -> None:
    known = probes(tenants)
    assert set(known) == set(OPENINGS)
    for (table, policy), probe in known.items():
        with rolled_back(tenants.admin):
            assert shown(tenants, table, probe) == probe.rows, (table, policy)
            tenants.admin.execute(f'DROP POLICY {policy} ON "{table}"'.encode())
            assert shown(tenants, table, probe) == 0, (table, policy)


def test_every_tenants_query_goes_through_the_scope(tenants: Tenants) -> None:
    """The second lock, above the database's: the manager itself filters by the organization in scope."""
    for model in tenant_models():
        with organization_scope(tenants.ours):
            assert str(tenants.ours) in str(manager(model).all().query.where), model._meta.label


def manager(model: Any) -> models.Manager[Any]:
    found: models.Manager[Any] = model.objects
    return found
