"""The doctor's eyes on the database: what is put out of order is named, with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from callboard.lib import clock
from callboard.lib.health import Finding, State
from callboard.lib.postgres import health, roles

pytestmark = pytest.mark.django_db

Connection = psycopg.Connection[Any]


@contextmanager
def broken(connection: Connection, breaking: str, mending: str) -> Iterator[None]:
    connection.execute(breaking.encode())
    try:
        yield
    finally:
        connection.execute(mending.encode())


def only(findings: Iterator[Finding]) -> Finding:
    (finding,) = findings
    return finding


def test_a_sound_database_passes_every_check() -> None:
    found = [
        *health.answers(),
        health.durability(),
        *health.product_roles(),
        health.policies(),
        health.skew(),
    ]
    assert [finding.text for finding in found if finding.state is not State.OK] == []


def test_a_role_that_does_not_wait_for_the_disk_is_named(admin_connection: Connection) -> None:
    off = f"ALTER ROLE {roles.ENGINE} SET synchronous_commit = off"
    with broken(admin_connection, off, f"ALTER ROLE {roles.ENGINE} RESET synchronous_commit"):
        found = health.durability()
    assert (found.state, "synchronous_commit (callboard_engine)" in found.text) == (State.BAD, True)
    assert found.advice


def test_a_table_whose_owner_is_let_past_its_policy_is_named(owner_connection: Connection) -> None:
    table = "ALTER TABLE callboard_people_person"
    with broken(
        owner_connection,
        f"{table} NO FORCE ROW LEVEL SECURITY",
        f"{table} FORCE ROW LEVEL SECURITY",
    ):
        found = health.policies()
    assert (found.state, "callboard_people_person" in found.text) == (State.BAD, True)


def test_a_right_too_many_is_named(owner_connection: Connection, admin_connection: Connection) -> None:
    table = "callboard_people_person"
    with broken(
        owner_connection,
        f"GRANT SELECT ON {table} TO {roles.INGEST}",
        f"REVOKE SELECT ON {table} FROM {roles.INGEST}",
    ):
        found = only(health.product_roles())
    assert f"{table}: SELECT" in found.text
    with broken(admin_connection, f"ALTER ROLE {roles.APP} BYPASSRLS", f"ALTER ROLE {roles.APP} NOBYPASSRLS"):
        found = only(health.product_roles())
    assert (found.state, roles.APP in found.text) == (State.BAD, True)


@pytest.mark.parametrize(("seconds", "state"), [(0, State.OK), (3, State.WARN), (-60, State.BAD)])
def test_clocks_apart_are_told(seconds: int, state: State) -> None:
    with clock.using(clock.VirtualClock(clock.now() + timedelta(seconds=seconds))):
        assert health.skew().state is state
