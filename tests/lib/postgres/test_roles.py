"""Each role may do its part and no more; preparing twice changes nothing; an unsafe server is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors

from callboard.lib.postgres import checks, provision, roles, urls
from callboard.lib.postgres.embedded import EmbeddedServer
from callboard.lib.postgres.errors import DatabaseUnavailable, RightsMissing, UnsafeServer
from tests.lib.postgres.conftest import eventually


@pytest.fixture(scope="module")
def server(seeded: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(seeded) as running:
        yield running


@pytest.fixture
def logins(server: EmbeddedServer) -> Iterator[provision.Logins]:
    name = "callboard_roles"
    yield provision.Logins.of(roles.prepare(server.url(), server.secret, name))
    run(server.url(), f"DROP DATABASE {name} WITH (FORCE)")


def run(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def test_the_owner_makes_tables_that_the_application_reads_and_writes(logins: provision.Logins) -> None:
    run(logins.owner, "CREATE TABLE thing (id bigserial PRIMARY KEY, word text)")
    run(logins.app, "INSERT INTO thing (word) VALUES ('ana')")
    assert run(logins.engine, "SELECT word FROM thing") == [("ana",)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "TRUNCATE thing",
        "DROP TABLE thing",
        "ALTER TABLE thing DISABLE ROW LEVEL SECURITY",
        "SET ROLE callboard_owner",
    ],
)
def test_the_application_may_not(logins: provision.Logins, statement: str) -> None:
    run(logins.owner, "CREATE TABLE thing (id int)")
    with pytest.raises(errors.InsufficientPrivilege):
        run(logins.app, statement)


def test_ingest_bypasses_row_level_security_and_can_not_even_read(logins: provision.Logins) -> None:
    run(logins.owner, "CREATE TABLE log (id int); ALTER TABLE log ENABLE ROW LEVEL SECURITY")
    run(logins.owner, "ALTER TABLE log FORCE ROW LEVEL SECURITY; GRANT INSERT ON log TO callboard_ingest")
    with psycopg.connect(logins.ingest) as connection:
        with connection.cursor().copy("COPY log FROM STDIN") as copy:
            copy.write_row([1])
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM log")


def test_no_role_but_ingest_is_above_row_level_security(logins: provision.Logins) -> None:
    rows = run(logins.app, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'callboard%' AND rolbypassrls")
    assert {row[0] for row in rows} == {"callboard_admin", "callboard_ingest"}


def test_preparing_again_changes_nothing(server: EmbeddedServer, logins: provision.Logins) -> None:
    again = roles.prepare(server.url(), server.secret, "callboard_roles")
    assert provision.Logins.of(again) == logins


def test_a_role_whose_password_was_changed_gets_ours_back(
    server: EmbeddedServer, logins: provision.Logins
) -> None:
    run(server.url(), "ALTER ROLE callboard_app PASSWORD 'other'")
    with pytest.raises(DatabaseUnavailable):
        checks.connect(logins.app)
    roles.prepare(server.url(), server.secret, "callboard_roles")
    assert run(logins.app, "SELECT 1") == [(1,)]


def test_a_login_without_rights_is_told_the_sql_to_run(
    server: EmbeddedServer, logins: provision.Logins
) -> None:
    run(server.url(), "DROP ROLE IF EXISTS modest; CREATE ROLE modest LOGIN PASSWORD 'm'")
    url = urls.with_login(urls.with_database(server.url(), "callboard_roles"), "modest", "m")
    with pytest.raises(RightsMissing, match=r"(?s)CREATE ROLE callboard_owner.*CREATE EXTENSION"):
        roles.prepare(url, lambda role: "unknown")


def test_a_prepared_database_needs_no_rights_any_more(
    server: EmbeddedServer, logins: provision.Logins
) -> None:
    run(server.url(), "DROP ROLE IF EXISTS modest; CREATE ROLE modest LOGIN PASSWORD 'm'")
    url = urls.with_login(urls.with_database(server.url(), "callboard_roles"), "modest", "m")
    assert provision.Logins.of(roles.prepare(url, server.secret)) == logins


def test_a_message_about_a_server_shows_no_password() -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        checks.connect("postgresql://ana:s3cret@127.0.0.1:1/callboard")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_could_lose_what_it_acknowledged_is_refused(
    server: EmbeddedServer, setting: str
) -> None:
    run(server.url(), f"ALTER SYSTEM SET {setting} = off")
    try:
        run(server.url(), "SELECT pg_reload_conf()")
        assert eventually(lambda: run(server.url(), f"SHOW {setting}") == [("off",)])
        with pytest.raises(UnsafeServer, match=setting):
            roles.prepare(server.url(), server.secret, "callboard_roles")
    finally:
        run(server.url(), f"ALTER SYSTEM RESET {setting}")
        run(server.url(), "SELECT pg_reload_conf()")
        assert eventually(lambda: run(server.url(), f"SHOW {setting}") == [("on",)])


def test_synchronous_commit_off_for_one_role_alone_is_refused(
    server: EmbeddedServer, logins: provision.Logins
) -> None:
    run(server.url(), "ALTER ROLE callboard_ingest SET synchronous_commit = off")
    try:
        with pytest.raises(UnsafeServer, match="synchronous_commit off for callboard_ingest"):
            roles.prepare(server.url(), server.secret, "callboard_roles")
    finally:
        run(server.url(), "ALTER ROLE callboard_ingest RESET synchronous_commit")


def test_a_server_older_than_fifteen_is_refused() -> None:
    with pytest.raises(DatabaseUnavailable, match="15 or later"):
        checks.check_version(140_012)


def test_a_users_own_server_is_prepared_by_its_url(
    server: EmbeddedServer, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(server.url(), "CREATE DATABASE theirs")
    for variable in provision.VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("DATABASE_URL", server.url("theirs"))
    try:
        with provision.database(fresh) as logins:
            assert run(logins.app, "SELECT current_user, current_database()") == [("callboard_app", "theirs")]
            run(logins.owner, "CREATE TABLE thing (id int)")
            assert run(logins.app, "SELECT count(*) FROM thing") == [(0,)]
    finally:
        run(server.url(), "DROP DATABASE theirs WITH (FORCE)")
        roles.prepare(server.url(), server.secret, None)


def test_half_of_the_urls_are_refused(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in provision.VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("CALLBOARD_DATABASE_URL", "postgresql://ana@localhost/callboard")
    with (
        pytest.raises(DatabaseUnavailable, match="CALLBOARD_OWNER_DATABASE_URL"),
        provision.database(fresh),
    ):
        pass
