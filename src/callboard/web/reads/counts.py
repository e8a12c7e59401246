"""What the navigation counts, on every page of those who work cases."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from callboard.lib.tenancy import current_organization

SOON = timedelta(minutes=30)

# One statement, and in SQL, since it is asked with every page: as seven of the ORM's it was a third of the
# cheaper pages. Every part goes by an index of what is not over. A case that stands under an incident
# (queries.HELD) is counted with it, as one.
COUNTS = """
WITH standing AS (
    SELECT c.queue_id,
           count(*) FILTER (WHERE c.status <> 'snoozed') AS awake,
           count(*) FILTER (WHERE c.status <> 'snoozed' AND c.severity = 'now' AND c.owner_id IS NULL) AS now,
           count(*) FILTER (WHERE c.owner_id = %(member)s) AS mine,
           count(*) FILTER (WHERE c.status = 'snoozed') AS snoozed
      FROM callboard_cases_case AS c
      LEFT JOIN callboard_cases_incident AS i ON i.id = c.incident_id AND i.organization_id = %(organization)s
     WHERE c.organization_id = %(organization)s AND c.over_at IS NULL
       AND (i.id IS NULL OR c.apart_at IS NOT NULL OR i.closed_at IS NOT NULL OR i.withdrawn_at IS NOT NULL)
     GROUP BY c.queue_id
)
SELECT 'queue', q.position, q.name, q.slug, coalesce(s.awake, 0), s.now, s.mine, s.snoozed
  FROM callboard_cases_queue AS q LEFT JOIN standing AS s ON s.queue_id = q.id
 WHERE q.organization_id = %(organization)s
UNION ALL
SELECT 'incidents', 0, '', '', count(*), count(*) FILTER (WHERE owner_id IS NULL),
       count(*) FILTER (WHERE owner_id = %(member)s), 0
  FROM callboard_cases_incident
 WHERE organization_id = %(organization)s AND closed_at IS NULL AND withdrawn_at IS NULL
UNION ALL
SELECT 'live', 0, '', '', count(*), 0, 0, 0
  FROM callboard_sessions_session WHERE organization_id = %(organization)s AND status = 'live'
UNION ALL
SELECT 'starting', 0, '', '', count(*), 0, 0, 0
  FROM callboard_sessions_session
 WHERE organization_id = %(organization)s AND status IN ('scheduled', 'ready', 'live')
   AND starts_at > %(now)s AND starts_at <= %(soon)s
UNION ALL
SELECT 'mentions', 0, '', '', count(*), 0, 0, 0
  FROM callboard_cases_mention
 WHERE organization_id = %(organization)s AND member_id = %(member)s AND read_at IS NULL
UNION ALL
(SELECT 'filter', id::integer, name, query::text, 0, 0, 0, 0
   FROM callboard_cases_savedfilter
  WHERE organization_id = %(organization)s AND (shared OR member_id = %(member)s)
  ORDER BY name, id LIMIT 20)
 ORDER BY 2, 3
"""


@dataclass(frozen=True)
class Counts:
    """What the navigation says; always of the whole organization. `queues` are (slug, name, cases), `filters`
    the first of those saved, by name: (id, name, what is looked for).
    """

    open: int
    now: int
    live: int
    mine: int
    snoozed: int
    starting: int
    queues: list[tuple[str, str, int]]
    mentions: int
    incidents: int
    filters: list[tuple[int, str, dict[str, str]]]


def counts(now: datetime, member: int) -> Counts:
    asked: dict[str, int | datetime] = {
        "organization": current_organization(),
        "member": member,
        "now": now,
        "soon": now + SOON,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, asked)
        rows = cursor.fetchall()
    first: dict[str, int] = defaultdict(int)
    total = [0, 0, 0, 0]
    queues: list[tuple[str, str, int]] = []
    filters: list[tuple[int, str, dict[str, str]]] = []
    for what, position, name, slug, *numbers in rows:
        if what == "queue":
            queues.append((slug, name, numbers[0]))
        if what == "filter":
            filters.append((position, name, json.loads(slug)))
        first[what] += numbers[0]
        if what in ("queue", "incidents"):
            total = [so_far + (number or 0) for so_far, number in zip(total, numbers, strict=True)]
    return Counts(
        open=total[0],
        now=total[1],
        live=first["live"],
        mine=total[2],
        snoozed=total[3],
        starting=first["starting"],
        queues=queues,
        mentions=first["mentions"],
        incidents=first["incidents"],
        filters=sorted(filters, key=lambda kept: kept[1]),
    )
