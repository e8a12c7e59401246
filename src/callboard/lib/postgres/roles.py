"""The database and its roles, on the embedded server or a user's own. Idempotent.

| role | may |
|---|---|
| callboard_owner | owns the schema and runs migrations; no superuser |
| callboard_app | reads and writes rows, under row-level security; owns nothing, bypasses nothing |
| callboard_ingest | bypasses row-level security, as COPY requires; may insert into the event log, no more |
| callboard_engine | what the application may, and reads the log across organizations by a policy of its own |

What ingest and engine may do to the log is granted by the migration that makes the log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from callboard.lib.postgres import checks, urls
from callboard.lib.postgres.errors import DatabaseUnavailable, RightsMissing

OWNER = "callboard_owner"
APP = "callboard_app"
INGEST = "callboard_ingest"
ENGINE = "callboard_engine"
ROLES: dict[str, LiteralString] = {
    OWNER: "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE INHERIT",
    APP: "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE INHERIT",
    INGEST: "LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE INHERIT",
    ENGINE: "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE INHERIT",
}
EXTENSIONS = ("btree_gist", "pg_trgm")

# Run by the owner, so that it holds for every table that a later migration makes.
DEFAULT_PRIVILEGES = (
    f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}",
    f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP}",
)


def prepare(admin_url: str, password: Callable[[str], str], database: str | None = None) -> dict[str, str]:
    """Make the roles, the database, its extensions and default privileges. Returns a URL per role.

    `admin_url` may create roles that bypass row-level security. `database` is created, owned by the owner,
    when the server lacks it; None: the URL's own database is used as it is. `password` gives each role's.
    Raises RightsMissing with the SQL to run where the login may not do it.
    """
    target = admin_url if database is None else urls.with_database(admin_url, database)
    try:
        with checks.connect(admin_url) as admin:
            checks.check(admin)
            for role, attributes in ROLES.items():
                _have_role(admin, role, attributes, password(role), admin_url)
            _have_membership(admin)
            if database is not None:
                _have_database(admin, database)
        with checks.connect(target) as admin:
            _have_schema(admin)
        with checks.connect(urls.with_login(target, OWNER, password(OWNER))) as owner:
            for statement in DEFAULT_PRIVILEGES:
                owner.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege as error:
        raise RightsMissing(
            f"The login of {urls.without_password(admin_url)} may not prepare the database "
            f"({str(error).strip()}). Let an administrator run this there, in the database itself, with "
            f"passwords of your own, and set CALLBOARD_OWNER_DATABASE_URL, CALLBOARD_DATABASE_URL, "
            f"CALLBOARD_INGEST_DATABASE_URL and CALLBOARD_ENGINE_DATABASE_URL:\n\n{script()}"
        ) from error
    logins = {role: urls.with_login(target, role, password(role)) for role in ROLES}
    for url in logins.values():
        with checks.connect(url) as connection:
            checks.check(connection)
    return logins


def script() -> str:
    """The SQL that an administrator runs once where Callboard's login may not; they fill in passwords."""
    lines = [f"CREATE ROLE {role} {attributes} PASSWORD '…';" for role, attributes in ROLES.items()]
    lines += [f"GRANT {APP} TO {ENGINE};"]
    lines += [f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS]
    lines += [f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER};"]
    lines += [f"GRANT USAGE ON SCHEMA public TO {APP}, {INGEST};"]
    lines += [f"SET ROLE {OWNER};", *(f"{statement};" for statement in DEFAULT_PRIVILEGES), "RESET ROLE;"]
    return "\n".join(lines)


def _have_role(
    admin: psycopg.Connection[Any], role: str, attributes: LiteralString, password: str, admin_url: str
) -> None:
    """Create the role, or give it our password when the one it has is another."""
    found = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if found and _logs_in(urls.with_login(admin_url, role, password)):
        return
    try:
        admin.execute(
            sql.SQL("ALTER ROLE {} {} PASSWORD {}" if found else "CREATE ROLE {} {} PASSWORD {}").format(
                sql.Identifier(role),
                sql.SQL(attributes),
                sql.Literal(password),
            )
        )
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        _have_role(admin, role, attributes, password, admin_url)  # another process was first


def _have_membership(admin: psycopg.Connection[Any]) -> None:
    """Let the engine be a member of the application's role, if it is none yet."""
    if admin.execute("SELECT pg_has_role(%s, %s, 'USAGE')", [ENGINE, APP]).fetchone() != (True,):
        admin.execute(f"GRANT {APP} TO {ENGINE}")


def _logs_in(url: str) -> bool:
    try:
        checks.connect(url).close()
    except DatabaseUnavailable:
        return False
    return True


def _have_database(admin: psycopg.Connection[Any], database: str) -> None:
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        return
    try:
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(OWNER))
        )
    except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
        return  # another process was first


def _have_schema(admin: psycopg.Connection[Any]) -> None:
    known = {row[0] for row in admin.execute("SELECT extname FROM pg_extension")}
    for name in EXTENSIONS:
        if name not in known:
            admin.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
    admin.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
    admin.execute(f"GRANT USAGE ON SCHEMA public TO {APP}, {INGEST}")
