"""Puts the jobs of dead workers back in line, within seconds.

A living worker shows itself twice: it holds an advisory lock on a connection of its own, which the server
lets go the moment its process dies however it dies, and it beats its heart, which also stops when the machine
or the network is gone and the connection lingers. Every worker looks for others that show neither.

1. A worker without its lock, registered or heard `GRACE` seconds ago or longer, is dead; and so is one
   without a heartbeat for `STALLED` seconds. Whoever lost its connection judges nobody within `SETTLE`
   seconds of having it again: when the server comes back after a crash, the others need as long to take
   their locks again.
2. Its row is claimed (two reapers never bury the same), its jobs go back in line at once, the row goes. A job
   of which only one may wait goes instead, where another is in line already: that one does the same.
   A failure or death before the commit leaves all to the next look.
3. Jobs that run for no worker at all go back too: a starting worker may have pruned one before us.
Should a worker be buried alive, a job of its may run twice at once: jobs are right to run twice.
"""

from __future__ import annotations

import logging
from typing import Any

import psycopg

CLASS = 0x6362_6A77
"""First half of the workers' advisory locks; the second is the worker's id."""

HEARTBEAT = 5.0  # seconds between a worker's heartbeats
STALLED = 20.0  # seconds without one after which a worker is dead whatever its lock says
GRACE = 2.0  # seconds that a worker has from registering to holding its lock
SETTLE = 1.0  # seconds after connecting again before the next look
LOOK_EVERY = 1.0  # seconds

log = logging.getLogger(__name__)

DEAD = """
SELECT worker.id FROM procrastinate_workers AS worker
WHERE worker.last_heartbeat < now() - make_interval(secs => %(stalled)s)
   OR (worker.last_heartbeat < now() - make_interval(secs => %(grace)s) AND NOT EXISTS (
        SELECT FROM pg_locks AS held
        WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 2
          AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND held.classid = %(class)s AND held.objid = worker.id))
"""

BURY = """
WITH dead AS MATERIALIZED (
    SELECT id FROM procrastinate_workers WHERE id = ANY(%(workers)s) ORDER BY id FOR UPDATE SKIP LOCKED
), jobs AS MATERIALIZED (
    SELECT id, queueing_lock FROM procrastinate_jobs
    WHERE status = 'doing' AND (worker_id IN (SELECT id FROM dead) OR worker_id IS NULL)
    ORDER BY id FOR UPDATE SKIP LOCKED
), told AS MATERIALIZED (
    SELECT id, queueing_lock IS NOT NULL AND (
        EXISTS (SELECT FROM procrastinate_jobs AS twin
            WHERE twin.status = 'todo' AND twin.queueing_lock = jobs.queueing_lock)
        OR EXISTS (SELECT FROM jobs AS twin
            WHERE twin.queueing_lock = jobs.queueing_lock AND twin.id < jobs.id)
    ) AS waits_already FROM jobs
), gone AS (
    DELETE FROM procrastinate_jobs WHERE id IN (SELECT id FROM told WHERE waits_already)
)
SELECT told.id, procrastinate_retry_job_v2(told.id, now(), NULL, NULL, NULL) FROM told WHERE NOT waits_already
"""

ORPHANED = "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'doing' AND worker_id IS NULL)"


async def look(connection: psycopg.AsyncConnection[Any]) -> int:
    """One look for the dead; answers how many jobs went back in line. The connection is in autocommit."""
    found = await connection.execute(DEAD, {"class": CLASS, "stalled": STALLED, "grace": GRACE})
    dead = [row[0] for row in await found.fetchall()]
    orphaned = await (await connection.execute(ORPHANED)).fetchone()
    if not dead and orphaned == (False,):
        return 0
    async with connection.transaction():
        back = await connection.execute(BURY, {"workers": dead})
        count = len(await back.fetchall())
        await connection.execute("DELETE FROM procrastinate_workers WHERE id = ANY(%s)", [dead])
    if count:
        log.warning("put %d jobs of %d dead workers back in line", count, len(dead))
    return count


def bury_all(connection: psycopg.Connection[Any]) -> int:
    """Of a database that was restored: no worker that it knows lives. Answers how many jobs went back."""
    with connection.transaction():
        connection.execute("DELETE FROM procrastinate_workers")
        return len(connection.execute(BURY, {"workers": []}).fetchall())
