"""The job that watches: one for all servers of all organizations, one at a time wherever workers run."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from django.db import DatabaseError, connections
from procrastinate.contrib.django import app

from callboard.lib import clock, jobs
from callboard.lib.jobs.worker import stopping
from callboard.workflows.reconcile_rooms import servers
from callboard.workflows.reconcile_rooms.books import ServerBooks
from callboard.workflows.reconcile_rooms.servers import Watchable
from callboard.workflows.reconcile_rooms.watching import Watch

LASTS: Final = 60.0  # seconds of one job
LISTED_EVERY: Final = 10.0
LOOKED_EVERY: Final = 0.25
AGAIN_AFTER: Final = 5.0  # seconds, once something failed that has no name
AT_ONCE: Final = 8  # servers

LOCK: Final = "reconcile_rooms"

log = logging.getLogger(__name__)

_watches: dict[Watchable, Watch] = {}
"""Kept from one job to the next, so that what was read of the log is not read again."""


@app.periodic(cron="* * * * * */10", periodic_id=LOCK, lock=LOCK, queueing_lock=LOCK)
@jobs.job(queue="rooms", retry=False, name="reconcile_rooms.watch_rooms")
def watch_rooms(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """See the package. Ends at once where there is nothing to watch. A run that fails is made good by the
    next.
    """
    until = time.monotonic() + LASTS
    listed_at = float("-inf")
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="watching") as pool:
        out: dict[Watchable, Future[None]] = {}
        while time.monotonic() < until and not stopping.is_set():
            if time.monotonic() >= listed_at + LISTED_EVERY:
                list_anew(servers.watchable(), out)
                listed_at = time.monotonic()
            if not _watches:
                return
            for which, watch in _watches.items():
                busy = out.get(which)
                if (busy is None or busy.done()) and watch.due <= clock.now().timestamp():
                    out[which] = pool.submit(step, which, watch)
            stopping.wait(LOOKED_EVERY)


def list_anew(found: list[Watchable], out: dict[Watchable, Future[None]]) -> None:
    """Watch what is new, and no more what is gone; another process may have found a server down, or back."""
    for which in _watches.keys() - set(found):
        busy = out.get(which)
        if busy is None or busy.done():
            _watches.pop(which).close()
    for which in found:
        if which not in _watches:
            books = ServerBooks(which.organization, which.kind, which.server, which.node)
            _watches[which] = Watch(which.provider, books, down=which.down, records=which.records)
        elif (busy := out.get(which)) is None or busy.done():
            _watches[which].down = which.down


def step(which: Watchable, watch: Watch) -> None:
    """One step of one watch. Whatever it fails by, the others go on, and it does again soon."""
    try:
        watch.step(clock.now().timestamp())
    except DatabaseError as error:
        log.warning("server %s: what was seen was not written: %s", which.server, type(error).__name__)
        watch.due = clock.now().timestamp() + AGAIN_AFTER
    except Exception:
        log.exception("server %s could not be watched", which.server)
        watch.due = clock.now().timestamp() + AGAIN_AFTER
    finally:
        connections.close_all()
