"""What of the log is dropped, and when."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import psycopg

REPORTS_KEPT_DAYS = 14
AT_ONCE = 2_000

_OLD = """
SELECT organization_id, seq FROM callboard_live_event
WHERE seq > %s AND kind = 'connection.report' AND received_at < now() - make_interval(days => %s)
ORDER BY seq LIMIT %s
"""


def drop_old_reports(engine_url: str) -> int:
    """Delete raw connection reports past their days, of all organizations; answers how many.

    On a connection of its own in the engine's role, in small transactions: a run that is cut off has done
    what it has done, and the next one goes on.
    """
    dropped, after = 0, 0
    with psycopg.connect(engine_url, autocommit=True) as connection:
        while rows := connection.execute(_OLD, [after, REPORTS_KEPT_DAYS, AT_ONCE]).fetchall():
            after = rows[-1][1]
            for organization, mine in groupby(sorted(rows), key=lambda row: row[0]):
                dropped += _drop(connection, organization, [seq for _, seq in mine])
    return dropped


def _drop(connection: psycopg.Connection[Any], organization: int, seqs: list[int]) -> int:
    with connection.transaction():
        connection.execute("SELECT set_config('app.organization', %s, true)", [str(organization)])
        return connection.execute("DELETE FROM callboard_live_event WHERE seq = ANY(%s)", [seqs]).rowcount


_OF_SESSION = """
WITH gone AS (
    DELETE FROM callboard_live_event WHERE seq IN (
        SELECT seq FROM callboard_live_event
        WHERE organization_id = %(organization)s AND session = %(session)s ORDER BY seq LIMIT %(most)s)
    RETURNING 1)
UPDATE callboard_sessions_announced SET lines = lines + (SELECT count(*) FROM gone)
WHERE id = %(announced)s AND organization_id = %(organization)s
RETURNING (SELECT count(*) FROM gone)
"""


def drop_session(engine_url: str, organization: int, announced: int, session: str) -> int:
    """Delete the lines of a session that is being deleted; answers how many.

    A trigger in the database sees to it that only such lines go. In small transactions, each with the word of
    it: right to be run again.
    """
    dropped = 0
    values = {"organization": organization, "session": session, "announced": announced, "most": AT_ONCE}
    with psycopg.connect(engine_url, autocommit=True) as connection:
        while True:
            with connection.transaction():
                connection.execute("SELECT set_config('app.organization', %s, true)", [str(organization)])
                found = connection.execute(_OF_SESSION, values).fetchone()
            gone = 0 if found is None else found[0]
            dropped += gone
            if gone < AT_ONCE:
                return dropped
