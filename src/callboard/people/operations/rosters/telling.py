"""What a roster would do, or did, in figures and a few examples."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from callboard.lib import tenancy

SHOWN = 50

COUNTS = """
SELECT count(*) FILTER (WHERE pid IS NULL), count(*) FILTER (WHERE pid IS NOT NULL AND changed <> '{}'),
       count(*) FILTER (WHERE pid IS NOT NULL AND changed = '{}'),
       count(*) FILTER (WHERE pid IS NULL AND learns), count(*) FILTER (WHERE pid IS NULL AND teaches),
       count(*) FILTER (WHERE pid IS NULL AND NOT learns AND NOT teaches)
FROM roster_people
"""
NAMES = ("added", "changed", "same", "students_added", "instructors_added", "guardians_added")

CHANGED = """
SELECT t.line, t.name, t.changed, jsonb_build_object(
           'id', ARRAY[p.external_id, t.ext], 'name', ARRAY[p.name, t.name], 'email', ARRAY[p.email, t.email],
           'phone', ARRAY[p.phone, t.phone], 'zone', ARRAY[p.zone, t.zone],
           'locale', ARRAY[p.locale, t.locale], 'level', ARRAY[coalesce(s.level, ''), t.level],
           'buffer_minutes', ARRAY[coalesce(i.buffer_minutes, 0)::text, coalesce(t.buffer, 0)::text])
FROM roster_people AS t
JOIN callboard_people_person AS p ON p.id = t.pid
LEFT JOIN callboard_people_student AS s ON s.person_id = p.id
LEFT JOIN callboard_people_instructor AS i ON i.person_id = p.id
WHERE t.changed <> '{}' ORDER BY t.line, t.n LIMIT %s
"""

ADDED = """
SELECT t.line, t.name, t.email, t.learns, t.teaches,
       ARRAY(SELECT g.name FROM roster_links AS link JOIN roster_people AS g ON g.n = link.guardian
             WHERE link.student = t.n ORDER BY g.n)
FROM roster_people AS t WHERE t.pid IS NULL ORDER BY t.line, t.n LIMIT %s
"""

ARCHIVED = "SELECT line, name FROM roster_people WHERE archived ORDER BY line, n LIMIT %s"

NEIGHBOURS = """
SELECT t.line, t.name, p.name FROM roster_people AS t
JOIN callboard_people_person AS p ON p.organization_id = %s AND p.email = t.email
WHERE t.pid IS NULL AND t.email <> '' AND p.erased_at IS NULL
  AND t.minor = EXISTS (SELECT FROM callboard_people_student AS s WHERE s.person_id = p.id)
ORDER BY t.line, t.n LIMIT %s
"""
"""New people whose address someone else has already: a family's, or the same person by another name."""


def told() -> tuple[dict[str, int], dict[str, Any]]:
    """Counts, and samples: who is added, who is changed and how, who shares an address, who is left."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        counts = dict(zip(NAMES, cursor.fetchone(), strict=True))
        cursor.execute("SELECT count(*) FROM roster_links WHERE NOT known")
        counts["families"] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM roster_consents")
        counts["consents"] = cursor.fetchone()[0]
        cursor.execute(CHANGED, [SHOWN])
        changed = [
            {"line": line, "name": name, "fields": [[each, *values.get(each, ["", ""])] for each in fields]}
            for line, name, fields, values in ((a, b, c, _json(d)) for a, b, c, d in cursor.fetchall())
        ]
        cursor.execute(ADDED, [SHOWN])
        added = [
            {
                "line": line,
                "name": name,
                "email": email,
                "role": "student" if learns else "instructor" if teaches else "guardian",
                "guardians": guardians,
            }
            for line, name, email, learns, teaches, guardians in cursor.fetchall()
        ]
        cursor.execute(NEIGHBOURS, [tenancy.current_organization(), SHOWN])
        neighbours = [{"line": line, "name": name, "other": other} for line, name, other in cursor.fetchall()]
        cursor.execute(ARCHIVED, [SHOWN])
        why = _("Is in the archive. Restore them first, where they are back.")
        left = [{"line": line, "name": name, "about": why} for line, name in cursor.fetchall()]
    return counts, {"added": added, "changed": changed, "neighbours": neighbours, "left": left}


def _json(value: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(value) if isinstance(value, str) else value
    return found
