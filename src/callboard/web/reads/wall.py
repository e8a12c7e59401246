"""What the live wall shows: every session that is live or waits to begin, and the cases among them.

Whole, or of some sessions alone, so that a page that holds thousands asks only for what has changed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from callboard.lib.together import Row, together
from callboard.live.queries import ON_THE_WALL, WAITING

COMING = timedelta(minutes=90)
QUARTER_S = 15 * 60


class Cell(NamedTuple):
    """A session. Times are epoch seconds; `learners` how many are booked."""

    node: str
    starts: int
    pk: int
    key: str
    title: str
    ends: int
    live: int
    provider: str
    subject: str
    region: str
    learners: int


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
# the numbers that are told, which is free here, and in Python a date for each. Rooms and learners are looked
# up for all sessions at once, which goes through an index once; joined, it is once for each session.
_SHOWN = f"""
  FROM callboard_sessions_session AS s
 WHERE s.organization_id = %(organization)s AND {ON_THE_WALL}
   AND (%(keys)s::text[] IS NULL OR s.key = ANY(%(keys)s))
"""
CELLS = f"""
SELECT s.id, floor(date_part('epoch', s.starts_at))::bigint, floor(date_part('epoch', s.ends_at))::bigint,
       s.key, s.title, (s.status = 'live')::int, s.provider, s.subject
{_SHOWN}"""
ROOMS = f"""
SELECT session_id, region, node FROM callboard_sessions_room
 WHERE organization_id = %(organization)s AND session_id = ANY(ARRAY(SELECT s.id {_SHOWN}))
"""  # noqa: S608 - ours
# By the index participant_once alone, which holds roles.
LEARNERS = f"""
SELECT session_id, count(*) FROM callboard_sessions_participant
 WHERE organization_id = %(organization)s AND session_id = ANY(ARRAY(SELECT s.id {_SHOWN}))
   AND active AND role = 'learner'
 GROUP BY session_id
"""  # noqa: S608 - ours
CASES = """
SELECT c.id, c.session_id, c.kind, c.severity, floor(date_part('epoch', c.raised_at))::bigint,
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
SELECT floor(date_part('epoch', starts_at) / %(quarter)s)::bigint * %(quarter)s, count(*)
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
    cells, rooms, learners, cases, coming = together([CELLS, ROOMS, LEARNERS, CASES, STARTING], asked)
    found = _cells(cells, rooms, dict(learners))
    shown = {cell.pk for cell in found}
    return Wall(found, [Wrong._make(row) for row in cases if row[1] in shown], coming)


def _cells(rows: list[Row], rooms: list[Row], learners: dict[int, int]) -> list[Cell]:
    """By server, then by start."""
    places = {session: (region, node) for session, region, node in rooms}
    cells = []
    for pk, starts, ends, key, title, live, provider, subject in rows:
        region, node = places.get(pk, ("", ""))
        booked = learners.get(pk, 0)
        cells.append(Cell(node, starts, pk, key, title, ends, live, provider, subject, region, booked))
    cells.sort()
    return cells
