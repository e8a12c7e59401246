"""What of the log is dropped, and when."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import psycopg

from callboard.lib import crash

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


def drop_sessions(engine_url: str, organization: int, sessions: Mapping[int, str]) -> None:
    """Delete the lines of sessions that are being deleted; `sessions` by what announced them.

    A trigger in the database sees to it that only such lines go. In small transactions, each with the word of
    it: right to be run again.
    """
    with psycopg.connect(engine_url, autocommit=True) as connection:
        for announced, session in sessions.items():
            values = {"organization": organization, "session": session, "announced": announced}
            while _drop_some(connection, values) == AT_ONCE:
                pass
            crash.point("retention.lines_gone")


def _drop_some(connection: psycopg.Connection[Any], values: Mapping[str, Any]) -> int:
    with connection.transaction():
        connection.execute("SELECT set_config('app.organization', %s, true)", [str(values["organization"])])
        found = connection.execute(_OF_SESSION, {**values, "most": AT_ONCE}).fetchone()
    return 0 if found is None else int(found[0])
