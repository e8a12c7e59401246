"""Row-level security, read from the catalogue: no table without it but the few that are no tenant's."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from callboard.lib.postgres import roles

pytestmark = pytest.mark.django_db

NO_TENANTS = {
    "callboard_people_user": "logins are global; what they may do is said by memberships",
    "callboard_people_user_groups": "Django's own, of a login; not used",
    "callboard_people_user_user_permissions": "Django's own, of a login; not used",
    "auth_group": "Django's own; not used",
    "auth_group_permissions": "Django's own; not used",
    "auth_permission": "Django's own: what models there are",
    "django_content_type": "Django's own: what models there are",
    "django_migrations": "which migrations ran",
    "django_session": "a browser's login, before any organization is chosen",
    "account_emailaddress": "a login's addresses; logins are global",
    "account_emailconfirmation": "a login's addresses; logins are global",
    "usersessions_usersession": "where a login is signed in; logins are global",
    "mfa_authenticator": "a login's second factors; logins are global",
    "callboard_cache": "counts attempts to sign in, before anybody is known",
    "callboard_live_partitionlease": "who works on a partition of the log, which holds all tenants' events",
    "callboard_live_enginetick": "until when a partition was judged",
    "callboard_live_sighting": "what a partition tells the overseer; ids alone",
    "callboard_live_enginesnapshot": "the engine's state of a partition; ids alone",
    "callboard_sessions_recordinglease": "which recorder has which session in hand; ids alone",
    "callboard_jobs_done": "which jobs took effect",
    "procrastinate_jobs": "jobs; they hold ids, and enter an organization's scope to read anything",
    "procrastinate_events": "what became of jobs",
    "procrastinate_periodic_defers": "when periodic jobs last ran",
    "procrastinate_workers": "which workers are alive",
}
"""Tables that are no tenant's, and why."""

OPENINGS = {
    ("callboard_people_member", "own_login"): "a login lists its memberships before it chose an organization",
    ("callboard_people_organization", "membership"): "and the names of those organizations",
    ("callboard_people_organization", "sweep"): "periodic jobs list organizations, then enter each",
    ("callboard_people_apikey", "presented"): "the one key whose hash was presented",
    ("callboard_people_invitation", "presented"): "the one invitation whose hash was presented",
    ("callboard_live_event", "engine"): "the engine, a role of its own, reads the partitions of all tenants",
}
"""Policies beside `tenant`, and what each is for. All are for SELECT alone."""

RULE = "NULLIF(current_setting('app.organization'::text, true), ''::text))::bigint)"

Rows = list[tuple[Any, ...]]


@pytest.fixture
def catalogue(owner_connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    return owner_connection


def read(connection: psycopg.Connection[Any], query: str, *arguments: Any) -> Rows:
    return connection.execute(query.encode(), arguments).fetchall()


def tables(connection: psycopg.Connection[Any]) -> dict[str, tuple[bool, bool]]:
    """Every table, partitions too: whether row-level security is on, and forced."""
    return {
        name: (on, forced)
        for name, on, forced in read(
            connection,
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')",
        )
    }


def test_every_table_is_a_tenants_or_listed_with_a_reason(catalogue: psycopg.Connection[Any]) -> None:
    secured = {name for name, (on, forced) in tables(catalogue).items() if on and forced}
    assert set(tables(catalogue)) - secured == set(NO_TENANTS)


def test_every_tenants_table_has_the_one_policy_for_all_commands(catalogue: psycopg.Connection[Any]) -> None:
    rows = read(
        catalogue,
        "SELECT tablename, policyname, permissive, roles::text[], cmd, qual, with_check FROM pg_policies "
        "WHERE schemaname = 'public'",
    )
    tenant = {row[0]: row[2:] for row in rows if row[1] == "tenant"}
    assert set(tenant) == set(tables(catalogue)) - set(NO_TENANTS)
    for table, (permissive, who, command, using, check) in tenant.items():
        column = "id" if table == "callboard_people_organization" else "organization_id"
        assert (permissive, who, command) == ("PERMISSIVE", ["public"], "ALL"), table
        assert using == check == f"({column} = ({RULE}", table
    others = {(row[0], row[1]): row[4] for row in rows if row[1] != "tenant"}
    assert set(others) == set(OPENINGS)
    assert set(others.values()) == {"SELECT"}


def test_nothing_else_shows_rows_round_the_policies(catalogue: psycopg.Connection[Any]) -> None:
    views = read(
        catalogue,
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind IN ('v', 'm', 'f')",
    )
    functions = read(
        catalogue,
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE n.nspname = 'public' AND p.prosecdef",
    )
    assert views == []
    assert functions == []


def test_foreign_keys_between_tenants_tables_carry_the_organization(
    catalogue: psycopg.Connection[Any],
) -> None:
    keys = read(
        catalogue,
        """
        SELECT k.conrelid::regclass::text, k.confrelid::regclass::text,
               (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
                WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)),
               (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
                WHERE a.attrelid = k.confrelid AND a.attnum = ANY (k.confkey))
        FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
        """,
    )
    others = set(NO_TENANTS) | {"callboard_people_organization"}
    between = [key for key in keys if key[0] not in others and key[1] not in others]
    carried = {
        (table, column)
        for table, _, columns, target in between
        if "organization_id" in columns and "organization_id" in target
        for column in columns
    }
    bare = {(table, columns[0]) for table, _, columns, _ in between if len(columns) == 1}
    assert carried
    assert bare - carried == set()


def test_the_products_roles_own_nothing_and_bypass_nothing(catalogue: psycopg.Connection[Any]) -> None:
    attributes = {
        row[0]: row[1:]
        for row in read(
            catalogue,
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication "
            "FROM pg_roles WHERE rolname LIKE 'callboard%%'",
        )
    }
    plain = (False, False, False, False, False)
    assert attributes[roles.APP] == attributes[roles.ENGINE] == attributes[roles.OWNER] == plain
    assert attributes[roles.INGEST] == (False, True, False, False, False)
    for role in (roles.APP, roles.ENGINE, roles.INGEST):
        owned = read(
            catalogue,
            "SELECT relname FROM pg_class "
            "WHERE relowner = %s::regrole AND relnamespace = 'public'::regnamespace",
            role,
        )
        assert owned == [], role
        assert read(catalogue, "SELECT pg_has_role(%s, %s, 'MEMBER')", role, roles.OWNER) == [(False,)]
        assert read(catalogue, "SELECT has_schema_privilege(%s, 'public', 'CREATE')", role) == [(False,)]


def test_ingest_may_insert_into_the_log_and_nothing_else(catalogue: psycopg.Connection[Any]) -> None:
    rights = read(
        catalogue,
        "SELECT c.relname, p FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, "
        "unnest(array['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) AS p "
        "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND has_table_privilege(%s, c.oid, p)",
        roles.INGEST,
    )
    assert rights == [("callboard_live_event", "INSERT")]


def test_the_log_is_append_only_to_the_application(catalogue: psycopg.Connection[Any]) -> None:
    for right in ("UPDATE", "DELETE", "TRUNCATE"):
        query = "SELECT has_table_privilege(%s, 'callboard_live_event', %s)"
        assert read(catalogue, query, roles.APP, right) == [(False,)], right
