"""What a file says of consents, against what has been said before: settled by sets, then written as words.

1. A yes counts where nobody has said anything, or where the file's day is later than the last word. Without
   a day nobody knows which came first, and the no stands.
2. A no counts where nobody has said anything: a refusal. It ends what is in force where the file's day is
   not before that of the last word, or, without a day, where it is news: the last word out of a file was not
   a no already. So a list that goes on to say no undoes a yes once, and not each night.
3. What counts is kept as a word with the file's name, and put in force or out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from callboard.lib import facts
from callboard.people.facts import ConsentsHeard

AT_ONCE = 1_000
"""People in one fact."""

HELD = """
SELECT count(*) FROM (
    SELECT p.id FROM callboard_people_person AS p
    WHERE p.id IN (SELECT t.pid FROM roster_people AS t JOIN roster_consents AS said ON said.n = t.n)
    ORDER BY p.id FOR NO KEY UPDATE
) AS held
"""
"""As whoever speaks for themselves is held (people.operations.consents): nothing is said in between."""

HEARD = """
WITH heard AS (
    SELECT t.n, said.kind, said.said AS yes, said.day AS named,
           least(said.day::timestamp AT TIME ZONE %(zone)s, %(now)s) AS day,
           standing.id IS NOT NULL AS stands,
           coalesce(word.said_at, standing.given_at, ended.withdrawn_at) AS last,
           filed.said = 'given' OR filed.said IS NULL AS news
    FROM roster_consents AS said JOIN roster_people AS t ON t.n = said.n
    LEFT JOIN callboard_people_consent AS standing
      ON standing.organization_id = %(organization)s AND standing.person_id = t.pid
     AND standing.kind = said.kind AND standing.withdrawn_at IS NULL
    LEFT JOIN LATERAL (
        SELECT max(withdrawn_at) AS withdrawn_at FROM callboard_people_consent
        WHERE organization_id = %(organization)s AND person_id = t.pid AND kind = said.kind
    ) AS ended ON t.pid IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT said_at FROM callboard_people_consentword
        WHERE organization_id = %(organization)s AND person_id = t.pid AND kind = said.kind
        ORDER BY said_at DESC, noted_at DESC, id DESC LIMIT 1
    ) AS word ON t.pid IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT w.said FROM callboard_people_consentword AS w
        WHERE organization_id = %(organization)s AND person_id = t.pid AND kind = said.kind
          AND way = 'file'
        ORDER BY noted_at DESC, id DESC LIMIT 1
    ) AS filed ON t.pid IS NOT NULL
)
UPDATE roster_consents AS said SET
    word = CASE WHEN heard.yes THEN 'given' WHEN heard.stands THEN 'withdrawn' ELSE 'refused' END,
    at = greatest(coalesce(heard.day, %(now)s), heard.last)
FROM heard
WHERE heard.n = said.n AND heard.kind = said.kind AND CASE
    WHEN heard.last IS NULL THEN true
    WHEN heard.yes THEN NOT heard.stands AND coalesce(heard.day > heard.last, false)
    WHEN NOT heard.stands THEN false
    WHEN heard.named IS NULL THEN heard.news
    ELSE heard.named >= (heard.last AT TIME ZONE %(zone)s)::date
END
"""

NOTHING_NEW = "DELETE FROM roster_consents WHERE word IS NULL"

ENDED = """
UPDATE callboard_people_consent AS known SET withdrawn_at = %(now)s
FROM roster_consents AS said JOIN roster_people AS t ON t.n = said.n
WHERE said.word = 'withdrawn' AND known.organization_id = %(organization)s AND known.person_id = t.pid
  AND known.kind = said.kind AND known.withdrawn_at IS NULL
"""
GIVEN = """
INSERT INTO callboard_people_consent (organization_id, person_id, kind, given_by_id, given_at)
SELECT %(organization)s, t.pid, said.kind, NULL, said.at
FROM roster_consents AS said JOIN roster_people AS t ON t.n = said.n
WHERE said.word = 'given'
"""
WORDS = """
INSERT INTO callboard_people_consentword
    (organization_id, person_id, kind, said, said_at, noted_at, noted_by_id,
     way, reference, proof, proof_type)
SELECT %(organization)s, t.pid, said.kind, said.word, said.at, %(now)s,
       (SELECT id FROM callboard_people_member
        WHERE organization_id = %(organization)s AND user_id = %(user)s),
       'file', %(file)s, '', ''
FROM roster_consents AS said JOIN roster_people AS t ON t.n = said.n
"""
TOLD = """
SELECT said.kind, said.word, array_agg(t.pid ORDER BY t.pid)
FROM roster_consents AS said JOIN roster_people AS t ON t.n = said.n
WHERE NOT t.changed && '{new}' GROUP BY 1, 2 ORDER BY 1, 2
"""
"""Of those alone who were here before can it matter what they say: the others are in no session yet."""

STEPS = (ENDED, GIVEN, WORDS)


def settle(named: Mapping[str, Any], *, held: bool) -> None:
    """Leave in `roster_consents` what counts, as which word and of when. Needs to know who is known.

    `named`: organization, zone, now. `held`: it will be written, so that nobody may say anything meanwhile.
    """
    with connection.cursor() as cursor:
        if held:
            cursor.execute(HELD)
        cursor.execute(HEARD, named)
        cursor.execute(NOTHING_NEW)


def tell() -> None:
    """Say it to whoever has to act on it."""
    with connection.cursor() as cursor:
        cursor.execute(TOLD)
        heard = cursor.fetchall()
    facts.publish_many(
        [
            ConsentsHeard(kind=kind, said=said, people=tuple(people[start : start + AT_ONCE]))
            for kind, said, people in heard
            for start in range(0, len(people), AT_ONCE)
        ]
    )
