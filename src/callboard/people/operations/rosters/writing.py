"""Writing what `match` has marked: new people, changes, roles, families and consents, in a few statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from callboard.lib import clock, pubsub, tenancy
from callboard.people.imports import Progress
from callboard.people.operations.rosters import consents


@dataclass(frozen=True)
class Source:
    """Where the people come from: the file's name, and the id of whoever brought it in, if anybody."""

    file: str
    user: int | None


PEOPLE = """
INSERT INTO callboard_people_person
    (organization_id, key, external_id, name, email, phone, zone, locale, created_at)
SELECT %(organization)s, key, ext, name, email, phone, zone, locale, %(now)s
FROM roster_people WHERE pid IS NULL ORDER BY n
"""
FOUND = """
UPDATE roster_people AS t SET pid = p.id, changed = '{new}' FROM callboard_people_person AS p
WHERE p.organization_id = %(organization)s AND p.key = t.key AND t.pid IS NULL
"""
CHANGED = """
UPDATE callboard_people_person AS p SET
    external_id = coalesce(nullif(t.ext, ''), p.external_id), name = coalesce(nullif(t.name, ''), p.name),
    email = coalesce(nullif(t.email, ''), p.email), phone = coalesce(nullif(t.phone, ''), p.phone),
    zone = coalesce(nullif(t.zone, ''), p.zone), locale = coalesce(nullif(t.locale, ''), p.locale)
FROM roster_people AS t
WHERE p.id = t.pid AND t.changed && '{id,name,email,phone,zone,locale}'
"""
STUDENTS = """
INSERT INTO callboard_people_student (organization_id, person_id, level, active)
SELECT %(organization)s, pid, level, true FROM roster_people
WHERE learns AND changed && '{new,role,level}' ORDER BY n
ON CONFLICT (person_id) DO UPDATE SET
    active = true, level = coalesce(nullif(excluded.level, ''), callboard_people_student.level)
"""
INSTRUCTORS = """
INSERT INTO callboard_people_instructor (organization_id, person_id, skills, buffer_minutes, active)
SELECT %(organization)s, t.pid, coalesce(t.skills, i.skills, '[]'),
       coalesce(t.buffer, i.buffer_minutes, 0), true
FROM roster_people AS t LEFT JOIN callboard_people_instructor AS i ON i.person_id = t.pid
WHERE t.teaches AND t.changed && '{new,role,skills,buffer_minutes}' ORDER BY t.n
ON CONFLICT (person_id) DO UPDATE SET
    active = true, skills = excluded.skills, buffer_minutes = excluded.buffer_minutes
"""
FAMILIES = """
INSERT INTO callboard_people_guardianship (organization_id, guardian_id, student_id, relation)
SELECT %(organization)s, g.pid, s.pid, link.relation
FROM roster_links AS link
JOIN roster_people AS g ON g.n = link.guardian JOIN roster_people AS s ON s.n = link.student
WHERE NOT link.known
ON CONFLICT (organization_id, guardian_id, student_id) DO UPDATE SET
    relation = coalesce(nullif(excluded.relation, ''), callboard_people_guardianship.relation)
"""
STEPS = (PEOPLE, FOUND, CHANGED, STUDENTS, INSTRUCTORS, FAMILIES, *consents.STEPS)


def write(progress: Progress, source: Source) -> None:
    """Write it all. Needs what `stage` has put there and `match` has marked, in the same transaction."""
    named: dict[str, Any] = {
        "organization": tenancy.current_organization(),
        "now": clock.now(),
        "file": source.file[:200],
        "user": source.user,
    }
    with connection.cursor() as cursor:
        for done, statement in enumerate(STEPS):
            progress("writing", done, len(STEPS))
            cursor.execute(statement, named)
    consents.tell()
    pubsub.publish("person", many=True)
