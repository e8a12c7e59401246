"""Checks of the database: that it is durable, that its roles and policies stand, that its clock is ours.

Read from the catalogue with the application's own login, so that the page under Settings sees what the
command sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from callboard.lib import clock
from callboard.lib.health import Check, Finding, bad, ok, warn
from callboard.lib.postgres import checks, roles

SKEW_SEEN = timedelta(seconds=1)
SKEW_BAD = timedelta(seconds=5)
"""An engine judges by its own clock what others stamped by theirs, with seconds of grace."""

CONNECTIONS_SEEN = 0.8
"""Of those that the server allows."""

SET_OFF = """
SELECT coalesce(r.rolname, current_database()), split_part(c.entry, '=', 1)
FROM pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) AS c(entry)
LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase
WHERE (s.setrole = 0 OR r.rolname = ANY(%s)) AND (s.setdatabase = 0 OR d.datname = current_database())
  AND split_part(c.entry, '=', 1) = ANY(%s) AND lower(split_part(c.entry, '=', 2)) IN ('off', 'false', '0')
"""

ATTRIBUTES = """
SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = ANY(%s)
"""

OWNED = """
SELECT r.rolname, count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
WHERE c.relnamespace = 'public'::regnamespace AND r.rolname = ANY(%s) GROUP BY 1
"""

UNGUARDED = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND (c.relname = 'callboard_people_organization' OR EXISTS (
        SELECT FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped))
  AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (
        SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant' AND p.polcmd = '*'
          AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL))
ORDER BY 1
"""

INGEST_MAY = """
SELECT c.relname || ': ' || p FROM pg_class c,
unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS p
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND has_table_privilege(%s, c.oid, p) AND (c.relname, p) <> ('callboard_live_event', 'INSERT')
ORDER BY 1
"""


def all_checks() -> tuple[Check, ...]:
    return (
        Check(name="database", title=lazy("Database"), look=answers),
        Check(name="durability", title=lazy("Durability"), look=durability),
        Check(name="roles", title=lazy("Roles of the database"), look=product_roles),
        Check(name="policies", title=lazy("Row-level security"), look=policies),
        Check(name="clock", title=lazy("Clocks"), look=skew),
    )


def answers() -> Iterator[Finding]:
    """It answers, is new enough, and has connections left."""
    ((number, used, allowed, size),) = _read(
        "SELECT current_setting('server_version_num')::int, (SELECT count(*) FROM pg_stat_activity "
        "WHERE backend_type = 'client backend'), current_setting('max_connections')::int, "
        "pg_database_size(current_database())"
    )
    version = f"{number // 10_000}.{number % 10_000}"
    if number < checks.OLDEST * 10_000:
        yield bad(
            _("PostgreSQL %(version)s is too old.") % {"version": version},
            _("Upgrade it to %(oldest)s or later.") % {"oldest": checks.OLDEST},
        )
    else:
        yield ok(
            _("PostgreSQL %(version)s answers; it holds %(size)s MiB.")
            % {"version": version, "size": size >> 20}
        )
    words = _("%(used)s of %(allowed)s connections are in use.") % {"used": used, "allowed": allowed}
    if used >= CONNECTIONS_SEEN * allowed:
        advice = _("Raise max_connections, or see who holds them: SELECT * FROM pg_stat_activity.")
        yield warn(words, advice, subject=_("connections"))
    else:
        yield ok(words, subject=_("connections"))


def durability() -> Finding:
    """What is acknowledged survives a crash: for the server, this database, and each of our roles."""
    off = {(_("the server"), name) for name in checks.MUST_NOT_BE_OFF if _setting(name) == "off"}
    off |= {(who, name) for who, name in _read(SET_OFF, [list(roles.ROLES), list(checks.MUST_NOT_BE_OFF)])}
    if not off:
        return ok(_("fsync, full_page_writes and synchronous_commit are on, for every role."))
    told = ", ".join(f"{name} ({who})" for who, name in sorted(off))
    return bad(
        _("Off: %(settings)s. What is acknowledged can be lost in a crash.") % {"settings": told},
        _("Set them on again, and restart Callboard: it refuses such a server when it starts."),
    )


def product_roles() -> Iterator[Finding]:
    """The application's role owns nothing and bypasses nothing; ingest bypasses, and may only insert."""
    wrong: list[str] = []
    found = {name: rights for name, *rights in _read(ATTRIBUTES, [list(roles.ROLES)])}
    for role in roles.ROLES:
        if role not in found:
            wrong.append(_("%(role)s is not there") % {"role": role})
            continue
        superuser, bypasses, makes_roles, makes_databases = found[role]
        if superuser or makes_roles or makes_databases or bypasses != (role == roles.INGEST):
            wrong.append(_("%(role)s may more or less than it should") % {"role": role})
    bound = [role for role in roles.ROLES if role != roles.OWNER]
    for role, count in _read(OWNED, [bound]):
        wrong.append(_("%(role)s owns %(count)s tables or sequences") % {"role": role, "count": count})
    if roles.INGEST in found:
        rights = [row[0] for row in _read(INGEST_MAY, [roles.INGEST])]
        wrong += [_("%(role)s has %(right)s") % {"role": roles.INGEST, "right": right} for right in rights]
    if wrong:
        yield bad(
            "; ".join(wrong) + ".",
            _("Take the rights away again as docs/how-to/use-your-own-postgresql.md has them."),
        )
    else:
        yield ok(_("The four roles have the rights they need and no others."))


def policies() -> Finding:
    """Row-level security is enabled and forced, with its policy, on every table of a tenant."""
    unguarded = [row[0] for row in _read(UNGUARDED)]
    if unguarded:
        return bad(
            _("Without protection: %(tables)s.") % {"tables": ", ".join(unguarded)},
            _("Stop Callboard. Put the policy back (lib.tenancy.SecureTable), or restore a backup."),
        )
    return ok(_("Forced on every table that belongs to an organization."))


def skew() -> Finding:
    """How far the database's clock is from this host's; half the way there and back is allowed for."""
    before = clock.now()
    ((theirs,),) = _read("SELECT clock_timestamp()")
    after = clock.now()
    apart = abs(theirs - (before + (after - before) / 2))
    words = _("The database's clock and this machine's are %(seconds).2f s apart.") % {
        "seconds": apart.total_seconds()
    }
    advice = _("Let both keep their time by NTP (chrony, systemd-timesyncd).")
    if apart > SKEW_BAD:
        return bad(words, advice)
    return warn(words, advice) if apart > SKEW_SEEN else ok(words)


def _setting(name: str) -> str:
    return str(_read("SELECT current_setting(%s)", [name])[0][0])


def _read(query: str, arguments: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        return list(cursor.fetchall())
