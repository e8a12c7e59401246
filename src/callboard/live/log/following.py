"""The log read on from where one was, for stories that go by what the evidence says: a few kinds, some
sessions, one organization.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from callboard.lib import tenancy
from callboard.live.log.lines import TABLE, Line, Stored, partition_of

_SELECT = f"""
SELECT seq, session, event_id, kind, participant, (extract(epoch FROM at) * 1000000)::bigint,
       (extract(epoch FROM received_at) * 1000000)::bigint, data
FROM {TABLE}
WHERE organization_id = %s AND session = ANY(%s) AND seq > %s AND kind = ANY(%s)
ORDER BY seq
"""  # noqa: S608 - names of ours alone


def lines_after(position: int, sessions: Collection[str], kinds: Collection[str]) -> list[Stored]:
    """The lines of these kinds after a position, in order. Within row-level security, for the organization in
    scope.
    """
    if not sessions:
        return []
    organization = tenancy.current_organization()
    with connection.cursor() as cursor:
        cursor.execute(_SELECT, [organization, list(sessions), position, list(kinds)])
        return [
            Stored(
                seq, partition_of(organization, session),
                Line(organization, session, id_, kind, at, received_at, participant, data),
            )
            for seq, session, id_, kind, participant, at, received_at, data in cursor.fetchall()
        ]  # fmt: skip
