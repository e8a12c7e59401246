"""An organization that is deleted goes out of the log and out of every engine's mind.

1. As an owner of all partitions would: their leases get a new epoch, and snapshots and what the overseer is
   told lose its rows, in one transaction. Whoever takes the partitions next has never heard of it, but for
   what the log still holds; so that goes first, in small transactions, and once more at the end of this one.
A trigger in the database sees to it that only an organization which is being deleted loses its lines.
"""

from __future__ import annotations

from typing import Any

import psycopg

from callboard.live.engine.renaming import without
from callboard.live.log.lines import LOCK, TABLE
from callboard.live.operations.renaming import OVERSEER, change_bytes, enter, take
from callboard.live.partitions import PARTITIONS

AT_ONCE = 10_000

_DELETE = f"""
DELETE FROM {TABLE} WHERE seq IN (
    SELECT seq FROM {TABLE} WHERE organization_id = %s AND seq > %s ORDER BY seq LIMIT %s)
"""  # noqa: S608 - names of ours alone


def purge(engine_url: str, organization: int) -> int:
    """Answers how many lines went. On a connection of its own in the engine's role; right to be run again."""
    with psycopg.connect(engine_url, autocommit=True) as connection:
        count = _purge_log(connection, organization)
        with connection.transaction():
            enter(connection, organization)
            epochs = take(connection, sorted({OVERSEER, *range(PARTITIONS)}))
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])  # no line comes in between
            count += _batch(connection, organization, 1 << 62)
            change_bytes(connection, epochs, lambda state: without(state, organization))
    return count


def _purge_log(connection: psycopg.Connection[Any], organization: int) -> int:
    count = 0
    while True:
        with connection.transaction():
            enter(connection, organization)
            gone = _batch(connection, organization, AT_ONCE)
        count += gone
        if gone < AT_ONCE:
            return count


def _batch(connection: psycopg.Connection[Any], organization: int, most: int) -> int:
    return connection.execute(_DELETE, [organization, 0, most]).rowcount
