"""The people of a file in temporary tables that last as long as the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from django.db import connection

from callboard.lib import ids
from callboard.people.roster.families import Families, Someone, digits

TABLES = """
DROP TABLE IF EXISTS roster_people, roster_links, roster_consents, roster_same;
CREATE TEMP TABLE roster_people (
    n integer, line integer, minor boolean, by text, ext text, name text, email text, phone text,
    digits text, zone text, locale text, learns boolean, teaches boolean, level text, skills jsonb,
    buffer integer, key text, own boolean, pid bigint, changed text[] NOT NULL DEFAULT '{}',
    archived boolean NOT NULL DEFAULT false
) ON COMMIT DROP;
CREATE TEMP TABLE roster_links (
    guardian integer, student integer, relation text, known boolean NOT NULL DEFAULT false
) ON COMMIT DROP;
CREATE TEMP TABLE roster_consents (
    n integer, kind text, said boolean, day date, word text, at timestamptz
) ON COMMIT DROP;
CREATE TEMP TABLE roster_same (n integer, pid bigint, exact boolean) ON COMMIT DROP;
"""

PEOPLE = (
    "n, line, minor, by, ext, name, email, phone, digits, zone, locale, learns, teaches, level, skills, "
    "buffer, key, own"
)


def stage(families: Families, *, without: frozenset[int] = frozenset()) -> None:
    """Put them there, those of the rows in `without` left out. Needs an open transaction."""
    there = {someone.n for someone in families.people if someone.own and someone.line not in without}
    # Whoever only answers for others comes with any of them, whichever row first told of them.
    there |= {
        link.guardian
        for link in families.links.values()
        if link.student in there and not families.people[link.guardian].own
    }
    chosen = [someone for someone in families.people if someone.n in there]
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    copy(f"roster_people ({PEOPLE})", (_person(someone) for someone in chosen))
    copy(
        "roster_links (guardian, student, relation)",
        (
            (link.guardian, link.student, link.relation)
            for link in families.links.values()
            if link.guardian in there and link.student in there
        ),
    )
    copy("roster_consents (n, kind, said, day)", _consents(chosen))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE INDEX ON roster_people (n); CREATE INDEX ON roster_links (student);"
            "CREATE INDEX ON roster_links (guardian); CREATE INDEX ON roster_consents (n);"
            "ANALYZE roster_people; ANALYZE roster_links; ANALYZE roster_consents"
        )


def copy(into: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY rows into a temporary table."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as pipe:
        for row in rows:
            pipe.write_row(row)


def _person(someone: Someone) -> tuple[Any, ...]:
    entry = someone.entry
    return (
        someone.n,
        someone.line,
        someone.minor,
        someone.by,
        entry.ext,
        entry.name,
        entry.email,
        entry.phone,
        digits(entry.phone),
        entry.zone,
        entry.locale,
        "student" in someone.roles,
        "instructor" in someone.roles,
        entry.level,
        msgspec.json.encode(entry.skills).decode() if entry.skills else None,
        entry.buffer_minutes,
        ids.person_key(),
        someone.own,
    )


def _consents(people: Iterable[Someone]) -> Iterator[tuple[Any, ...]]:
    for someone in people:
        for kind, said in someone.entry.consents.items():
            yield someone.n, kind, said, someone.entry.consent_date or None
