"""Who of a file is known already, and what of them would change: statements over the whole set."""

from __future__ import annotations

from typing import Any

from django.db import connection

from callboard.lib import clock
from callboard.people import queries
from callboard.people.operations.rosters import consents
from callboard.people.roster.rows import Problem

WORDS = "array_remove(regexp_split_to_array(lower({}), '[^[:alnum:]]+'), '')"
"""The words of a name, in small letters."""

SAME_NAME = "({t} <@ {p} OR {p} <@ {t})".format(t=WORDS.format("t.name"), p=WORDS.format("p.name"))
"""One name is the other, or a shorter form of it: Joan Serra and Joan Serra Roca."""

SAME_SIDE = """
CASE WHEN t.minor THEN EXISTS (SELECT FROM callboard_people_student AS s WHERE s.person_id = p.id)
     OR NOT (EXISTS (SELECT FROM callboard_people_instructor AS i WHERE i.person_id = p.id)
             OR EXISTS (SELECT FROM callboard_people_guardianship AS g WHERE g.guardian_id = p.id))
ELSE NOT EXISTS (SELECT FROM callboard_people_student AS s WHERE s.person_id = p.id) END
"""
"""Children are not taken for their parents, whose addresses they often carry."""

OPEN = """
t.pid IS NULL AND (t.ext = '' OR p.external_id = '') AND p.erased_at IS NULL AND p.merged_into_id IS NULL
"""

BY_ID = """
UPDATE roster_people AS t SET pid = p.id
FROM callboard_people_person AS p
WHERE p.organization_id = %(organization)s AND p.external_id = t.ext AND t.ext <> '' AND p.erased_at IS NULL
"""

BECAME = """
UPDATE roster_people AS t SET pid = kept.id, ext = kept.external_id
FROM callboard_people_person AS p JOIN callboard_people_person AS kept ON kept.id = p.merged_into_id
WHERE p.id = t.pid
"""
"""A double's id goes on to lead to whom it became, who keeps their own. Asked until nobody is a double."""

_CANDIDATES = {
    "email": """
        SELECT t.n, p.id, lower(p.name) = lower(t.name)
        FROM roster_people AS t
        JOIN callboard_people_person AS p ON p.organization_id = %(organization)s AND p.email = t.email
        WHERE t.email <> '' AND {OPEN} AND {SAME_SIDE} AND {SAME_NAME}
    """,
    "phone": """
        SELECT t.n, p.id, lower(p.name) = lower(t.name)
        FROM roster_people AS t
        JOIN callboard_people_person AS p
          ON p.organization_id = %(organization)s AND p.phone <> ''
         AND regexp_replace(p.phone, '[^0-9]', '', 'g') = t.digits
        WHERE t.by = 'phone' AND t.digits <> '' AND {OPEN} AND {SAME_SIDE} AND {SAME_NAME}
    """,
    "guardian": """
        SELECT DISTINCT t.n, p.id, lower(p.name) = lower(t.name)
        FROM roster_people AS t
        JOIN roster_links AS link ON link.student = t.n
        JOIN roster_people AS g ON g.n = link.guardian AND g.pid IS NOT NULL
        JOIN callboard_people_guardianship AS known
          ON known.organization_id = %(organization)s AND known.guardian_id = g.pid
        JOIN callboard_people_person AS p ON p.id = known.student_id
        WHERE t.minor AND {OPEN} AND {SAME_NAME}
    """,
    "ward": """
        SELECT DISTINCT t.n, p.id, lower(p.name) = lower(t.name)
        FROM roster_people AS t
        JOIN roster_links AS link ON link.guardian = t.n
        JOIN roster_people AS s ON s.n = link.student AND s.pid IS NOT NULL
        JOIN callboard_people_guardianship AS known
          ON known.organization_id = %(organization)s AND known.student_id = s.pid
        JOIN callboard_people_person AS p ON p.id = known.guardian_id
        WHERE t.by IN ('ward', 'phone') AND {OPEN} AND {SAME_NAME}
    """,
}
CANDIDATES = {
    name: text.format(OPEN=OPEN, SAME_SIDE=SAME_SIDE, SAME_NAME=SAME_NAME)
    for name, text in _CANDIDATES.items()
}
"""Who could be whom, in the order in which it is asked; who is found by one is asked for no more."""

TAKE = """
UPDATE roster_people AS t SET pid = chosen.pid
FROM (
    SELECT n, CASE WHEN count(*) = 1 THEN min(pid)
                   WHEN count(*) FILTER (WHERE exact) = 1 THEN min(pid) FILTER (WHERE exact) END AS pid
    FROM roster_same AS same
    WHERE NOT EXISTS (SELECT FROM roster_people AS taken WHERE taken.pid = same.pid)
    GROUP BY n
) AS chosen
WHERE chosen.n = t.n AND chosen.pid IS NOT NULL
"""

SEVERAL = """
SELECT t.line FROM roster_people AS t
WHERE t.pid IS NULL AND t.n IN (
    SELECT n FROM roster_same AS same
    WHERE NOT EXISTS (SELECT FROM roster_people AS taken WHERE taken.pid = same.pid)
    GROUP BY n HAVING count(*) > 1)
"""

TAKEN = """
SELECT t.line, taken.line FROM roster_same AS same
JOIN roster_people AS t ON t.n = same.n AND t.pid IS NULL
JOIN roster_people AS taken ON taken.pid = same.pid AND taken.n <> t.n
WHERE same.exact
"""

TWICE = """
SELECT line, first FROM (
    SELECT line, first_value(line) OVER (PARTITION BY pid ORDER BY n) AS first,
           row_number() OVER (PARTITION BY pid ORDER BY n) AS place
    FROM roster_people WHERE pid IS NOT NULL
) AS each WHERE place > 1
"""

CHANGES = """
UPDATE roster_people AS t SET changed = array_remove(ARRAY[
    CASE WHEN t.ext <> '' AND t.ext <> p.external_id THEN 'id' END,
    CASE WHEN t.name <> '' AND t.name <> p.name THEN 'name' END,
    CASE WHEN t.email <> '' AND t.email <> p.email THEN 'email' END,
    CASE WHEN t.phone <> '' AND t.phone <> p.phone THEN 'phone' END,
    CASE WHEN t.zone <> '' AND t.zone <> p.zone THEN 'zone' END,
    CASE WHEN t.locale <> '' AND t.locale <> p.locale THEN 'locale' END,
    CASE WHEN (t.learns AND s.active IS NOT TRUE) OR (t.teaches AND i.active IS NOT TRUE) THEN 'role' END,
    CASE WHEN t.learns AND t.level <> '' AND t.level <> coalesce(s.level, '') THEN 'level' END,
    CASE WHEN t.teaches AND t.skills <> coalesce(i.skills, '[]') THEN 'skills' END,
    CASE WHEN t.teaches AND t.buffer <> coalesce(i.buffer_minutes, 0) THEN 'buffer_minutes' END
], NULL)
FROM callboard_people_person AS p
LEFT JOIN callboard_people_student AS s ON s.person_id = p.id
LEFT JOIN callboard_people_instructor AS i ON i.person_id = p.id
WHERE p.id = t.pid AND NOT t.archived
"""

ARCHIVED = """
UPDATE roster_people AS t SET archived = true FROM callboard_people_person AS p
WHERE p.id = t.pid AND p.archived_at IS NOT NULL
"""
LEFT = """
WITH let_go AS (
    DELETE FROM roster_links AS link USING roster_people AS s
    WHERE s.n = link.student AND s.archived AND NOT link.known RETURNING link.guardian
)
DELETE FROM roster_people AS t USING let_go
WHERE t.n = let_go.guardian AND t.pid IS NULL AND NOT t.own AND NOT EXISTS (
    SELECT FROM roster_links AS link JOIN roster_people AS s ON s.n = link.student
    WHERE link.guardian = t.n AND NOT s.archived)
"""
"""Who is in the archive stays there as they are, but for what a file says of their consents; nobody is added
for their sake alone."""

KNOWN_LINKS = """
UPDATE roster_links AS link SET known = true
FROM roster_people AS g, roster_people AS s, callboard_people_guardianship AS known
WHERE g.n = link.guardian AND s.n = link.student AND known.guardian_id = g.pid AND known.student_id = s.pid
  AND known.organization_id = %(organization)s AND link.relation IN ('', known.relation)
"""

MARKED = """
UPDATE roster_people AS t SET changed = changed || 'guardians'::text
WHERE t.pid IS NOT NULL
  AND EXISTS (SELECT FROM roster_links AS link WHERE link.student = t.n AND NOT link.known);
UPDATE roster_people AS t SET changed = changed || 'consents'::text
WHERE t.pid IS NOT NULL AND EXISTS (SELECT FROM roster_consents AS said WHERE said.n = t.n)
"""


def match(*, held: bool) -> list[Problem]:
    """Find who is known, and mark what would change. Needs what `stage` has put there. `held`: as for
    `consents.settle`.
    """
    organization = queries.organization()
    named: dict[str, Any] = {
        "organization": organization.pk,
        "zone": organization.zone,
        "now": clock.now(),
    }
    problems: list[Problem] = []
    with connection.cursor() as cursor:
        cursor.execute(BY_ID, named)
        cursor.execute(BECAME)
        while cursor.rowcount:
            cursor.execute(BECAME)
        cursor.execute("CREATE INDEX ON roster_people (pid)")
        for candidates in CANDIDATES.values():
            cursor.execute("TRUNCATE roster_same")
            cursor.execute(f"INSERT INTO roster_same {candidates}", named)
            if not cursor.rowcount:
                continue
            cursor.execute("ANALYZE roster_same")
            cursor.execute(TAKE)
            cursor.execute(SEVERAL)
            problems += [Problem(line, "id", "several") for (line,) in cursor.fetchall()]
            cursor.execute(TAKEN)
            problems += [Problem(line, "id", "same_as", "", other) for line, other in cursor.fetchall()]
        cursor.execute(TWICE)
        problems += [Problem(line, "id", "same_as", "", first) for line, first in cursor.fetchall()]
        cursor.execute(ARCHIVED)
        cursor.execute(CHANGES)
        cursor.execute(KNOWN_LINKS, named)
        cursor.execute(LEFT)
        consents.settle(named, held=held)
        cursor.execute(MARKED)
    return problems
