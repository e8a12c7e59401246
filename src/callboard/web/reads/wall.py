"""What the live wall shows: every session that is live or waits to begin, and the cases among them.

Whole, or of some sessions alone, so that a page that holds thousands asks only for what has changed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from callboard.lib.together import together
from callboard.live.queries import ON_THE_WALL, WAITING

COMING = timedelta(minutes=90)
QUARTER_S = 15 * 60


class Cell(NamedTuple):
    """A session. Times are epoch seconds; `learners` how many are booked."""

    key: str
    title: str
    starts: int
    ends: int
    learners: int
    live: int
    provider: str
    region: str | None
    subject: str
    node: str | None
    pk: int


class Wrong(NamedTuple):
    """A case that is not over, and not asleep. `person` and `owner` are names; `session` is an id."""

    pk: int
    session: int | None
    kind: str
    severity: str
    raised: int
    cleared: bool
    owner_id: int | None
    owner: str | None
    person: str | None


@dataclass(frozen=True)
class Wall:
    """`cases` are of these cells alone; `coming`: how many start from which quarter hour (epoch s) on."""

    cells: list[Cell]
    cases: list[Wrong]
    coming: list[tuple[int, int]]


# In SQL, since every open wall asks: drawn up by the ORM, these were most of what it costs. Moments come as
# the numbers that are told, which is free here, and in Python a date for each. Learners are counted by the
# index participant_once, which holds roles, without their rows.
CELLS = f"""
SELECT s.key, s.title, extract(epoch FROM s.starts_at)::bigint, extract(epoch FROM s.ends_at)::bigint,
       (SELECT count(*) FROM callboard_sessions_participant AS p
         WHERE p.organization_id = %(organization)s AND p.session_id = s.id
           AND p.active AND p.role = 'learner'),
       (s.status = 'live')::int, s.provider, r.region, s.subject, r.node, s.id
  FROM callboard_sessions_session AS s
  LEFT JOIN callboard_sessions_room AS r ON r.session_id = s.id AND r.organization_id = %(organization)s
 WHERE s.organization_id = %(organization)s AND {ON_THE_WALL}
   AND (%(keys)s::text[] IS NULL OR s.key = ANY(%(keys)s))
 ORDER BY r.node, s.starts_at, s.id
"""  # noqa: S608 - ours
CASES = """
SELECT c.id, c.session_id, c.kind, c.severity, extract(epoch FROM c.raised_at)::bigint,
       c.cleared_at IS NOT NULL, c.owner_id,
       (SELECT coalesce(nullif(u.name, ''), u.email)
          FROM callboard_people_member AS m JOIN callboard_people_user AS u ON u.id = m.user_id
         WHERE m.organization_id = %(organization)s AND m.id = c.owner_id),
       (SELECT p.name FROM callboard_people_person AS p
         WHERE p.organization_id = %(organization)s AND p.id = c.person_id)
  FROM callboard_cases_case AS c
 WHERE c.organization_id = %(organization)s AND c.over_at IS NULL AND c.status <> 'snoozed'
   AND (%(keys)s::text[] IS NULL OR c.session_id IN (
        SELECT id FROM callboard_sessions_session
         WHERE organization_id = %(organization)s AND key = ANY(%(keys)s)))
 ORDER BY c.raised_at
"""
STARTING = """
SELECT extract(epoch FROM starts_at)::bigint / %(quarter)s * %(quarter)s, count(*)
  FROM callboard_sessions_session
 WHERE organization_id = %(organization)s AND status IN ('scheduled', 'ready')
   AND starts_at > %(now)s AND starts_at <= %(until)s
 GROUP BY 1 ORDER BY 1
"""


def wall(now: datetime, keys: Collection[str] | None = None) -> Wall:
    """All of it, or of the sessions with these keys what is on it. One round trip."""
    asked = {
        "now": now,
        "waiting": WAITING,
        "keys": None if keys is None else list(keys),
        "until": now + COMING,
        "quarter": QUARTER_S,
    }
    cells, cases, coming = together([CELLS, CASES, STARTING], asked)
    found = [Cell._make(row) for row in cells]
    shown = {cell.pk for cell in found}
    return Wall(found, [Wrong._make(row) for row in cases if row[1] in shown], coming)
