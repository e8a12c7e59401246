"""Puts the jobs of dead workers back in line, within seconds.

A living worker shows itself twice: it holds an advisory lock on a connection of its own, which the server
lets go the moment its process dies however it dies, and it beats its heart, which also stops when the machine
or the network is gone and the connection lingers. Every worker looks for others that show neither.

1. A worker without its lock in `LOOKS` looks in a row, or without a heartbeat for `STALLED` seconds, is dead.
2. Its row is claimed (two reapers never bury the same), its jobs go back in line at once, the row goes.
   A failure or death before the commit leaves all to the next look.
3. Jobs that run for no worker at all go back too: a starting worker may have pruned one before us.
Should a worker be buried alive, a job of its may run twice at once: jobs are right to run twice.
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

import psycopg

CLASS = 0x6362_6A77
"""First half of the workers' advisory locks; the second is the worker's id."""

HEARTBEAT = 5.0  # seconds between a worker's heartbeats
STALLED = 20.0  # seconds without one after which a worker is dead whatever its lock says
LOOK_EVERY = 1.0  # seconds
LOOKS = 3

log = logging.getLogger(__name__)

ABSENT = """
SELECT worker.id, worker.last_heartbeat < now() - make_interval(secs => %(stalled)s)
FROM procrastinate_workers AS worker
WHERE worker.last_heartbeat < now() - make_interval(secs => %(stalled)s)
   OR NOT EXISTS (
        SELECT FROM pg_locks AS held
        WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 2
          AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND held.classid = %(class)s AND held.objid = worker.id)
"""

BURY = """
WITH dead AS MATERIALIZED (
    SELECT id FROM procrastinate_workers WHERE id = ANY(%(workers)s) ORDER BY id FOR UPDATE SKIP LOCKED
), jobs AS MATERIALIZED (
    SELECT id FROM procrastinate_jobs
    WHERE status = 'doing' AND (worker_id IN (SELECT id FROM dead) OR worker_id IS NULL)
    ORDER BY id FOR UPDATE SKIP LOCKED
)
SELECT jobs.id, procrastinate_retry_job_v2(jobs.id, now(), NULL, NULL, NULL) FROM jobs
"""

ORPHANED = "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'doing' AND worker_id IS NULL)"


class Reaper:
    """Looks for dead workers, and remembers who looked dead the last time."""

    def __init__(self) -> None:
        self._missed: Counter[int] = Counter()

    async def look(self, connection: psycopg.AsyncConnection[Any]) -> int:
        """One look; answers how many jobs went back in line. The connection is in autocommit."""
        found = await connection.execute(ABSENT, {"class": CLASS, "stalled": STALLED})
        absent = dict(await found.fetchall())
        self._missed = Counter({worker: self._missed[worker] + 1 for worker in absent})
        dead = [worker for worker, stalled in absent.items() if stalled or self._missed[worker] >= LOOKS]
        if not dead and not await self._orphaned(connection):
            return 0
        async with connection.transaction():
            back = await connection.execute(BURY, {"workers": dead})
            count = len(await back.fetchall())
            await connection.execute("DELETE FROM procrastinate_workers WHERE id = ANY(%s)", [dead])
        if count:
            log.warning("put %d jobs of %d dead workers back in line", count, len(dead))
        return count

    async def _orphaned(self, connection: psycopg.AsyncConnection[Any]) -> bool:
        row = await (await connection.execute(ORPHANED)).fetchone()
        return bool(row and row[0])
