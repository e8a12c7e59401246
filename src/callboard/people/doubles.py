"""Who may be in the books twice: reads, within the organization in scope."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from callboard.lib import tenancy
from callboard.lib.folding import folded_in_sql
from callboard.people.models import Person
from callboard.people.records import ChangeKind

MOST = 100

_STANDING = "organization_id = %(organization)s AND erased_at IS NULL AND merged_into_id IS NULL"
_PAIRS = f"""
WITH one AS (
    SELECT id, {folded_in_sql("btrim(name)")} AS name, nullif(lower(email), '') AS email,
           nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 9), '') AS phone
    FROM callboard_people_person WHERE {_STANDING}
), pairs AS (
    SELECT a.id AS first, b.id AS second, 'name' AS why
    FROM one a JOIN one b ON a.name = b.name AND a.id < b.id
    UNION ALL
    SELECT a.id, b.id, 'email' FROM one a JOIN one b
        ON a.email = b.email AND a.id < b.id AND split_part(a.name, ' ', 1) = split_part(b.name, ' ', 1)
    UNION ALL
    SELECT a.id, b.id, 'phone' FROM one a JOIN one b
        ON a.phone = b.phone AND length(a.phone) >= 7 AND a.id < b.id
       AND split_part(a.name, ' ', 1) = split_part(b.name, ' ', 1)
), apart AS (
    SELECT guardian_id AS one, student_id AS other
    FROM callboard_people_guardianship WHERE organization_id = %(organization)s
    UNION ALL
    SELECT person_id, (after ->> 'other')::bigint FROM callboard_people_personchange
    WHERE organization_id = %(organization)s AND kind = %(distinct)s AND undone_at IS NULL
)
SELECT first, second, array_agg(DISTINCT why) FROM pairs
WHERE (%(person)s IS NULL OR %(person)s IN (first, second))
  AND NOT EXISTS (
    SELECT FROM apart
    WHERE least(apart.one, apart.other) = first AND greatest(apart.one, apart.other) = second
)
GROUP BY 1, 2 ORDER BY count(DISTINCT why) DESC, 1, 2 LIMIT %(most)s
"""  # noqa: S608 - of our own words alone
"""Families share addresses and numbers: those count only between people of the same first name."""

WHY: dict[str, str | Promise] = {
    "name": _("the same name"),
    "email": _("the same address and first name"),
    "phone": _("the same number and first name"),
}


@dataclass(frozen=True)
class Double:
    """Two who may be one: `first` has been here longer. `why` by WHY's names."""

    first: Person
    second: Person
    why: tuple[str, ...]


def likely(person_id: int | None = None, most: int = MOST) -> list[Double]:
    """Pairs, the likeliest first; of one person where one is named.

    Left out are those who answer for one another, and those of whom somebody has said that they are two.
    """
    named = {
        "organization": tenancy.current_organization(),
        "person": person_id,
        "distinct": ChangeKind.DISTINCT.value,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, named)
        rows = cursor.fetchall()
    people = Person.objects.select_related("instructor", "student").in_bulk(
        {pk for first, second, _why in rows for pk in (first, second)}
    )
    return [Double(people[first], people[second], tuple(why)) for first, second, why in rows]
