"""Snapshots, written by a thread of their own, so that no case waits for them.

A snapshot is megabytes. The owner only makes the bytes, at a moment when all is committed; this writes them,
on a connection of its own, without touching the leases' rows that the owner's commits need.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection

from callboard.lib import clock, crash
from callboard.live.runner.leases import OVERSEER, Lease

log = logging.getLogger(__name__)

_WRITE = """
INSERT INTO callboard_live_enginesnapshot AS known (partition, epoch, position, taken_at, state)
VALUES (%(partition)s, %(epoch)s, %(position)s, %(taken_at)s, %(state)s)
ON CONFLICT (partition) DO UPDATE SET epoch = EXCLUDED.epoch, position = EXCLUDED.position,
    taken_at = EXCLUDED.taken_at, state = EXCLUDED.state
WHERE known.epoch <= EXCLUDED.epoch
"""
_FORGET_TICKS = "DELETE FROM callboard_live_enginetick WHERE partition = %(partition)s AND at <= %(until)s"
_FORGET_SIGHTINGS = "DELETE FROM callboard_live_sighting WHERE id <= %(position)s"


@dataclass(frozen=True)
class Snapshot:
    """The state of a partition right after the commit that `lease` tells of."""

    lease: Lease
    state: bytes


class Snapshots:
    """Writes one at a time. What fails is only said: the next one makes it good."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._connection: psycopg.Connection[Any] | None = None

    @property
    def busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def write_soon(self, snapshot: Snapshot) -> None:
        """Only while not busy."""
        parameters = _parameters()
        self._thread = threading.Thread(target=self._write, args=(snapshot, parameters), daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until what was begun is written."""
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        self.wait()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _write(self, snapshot: Snapshot, parameters: dict[str, Any]) -> None:
        try:
            if self._connection is None or self._connection.closed:
                self._connection = psycopg.connect(**parameters, autocommit=True, connect_timeout=5)
            write(self._connection, snapshot)
        except psycopg.Error as error:
            log.warning("a snapshot was not written: %s", type(error).__name__)
            if self._connection is not None:
                with contextlib.suppress(psycopg.Error):
                    self._connection.close()


def write(database: psycopg.Connection[Any], snapshot: Snapshot) -> None:
    """Replace the partition's snapshot, unless a later owner has, and forget what it covers."""
    lease = snapshot.lease
    values = {
        "partition": lease.partition,
        "epoch": lease.epoch,
        "position": lease.position,
        "until": lease.judged_until,
        "taken_at": clock.now(),
        "state": snapshot.state,
    }
    with database.transaction():
        if database.execute(_WRITE, values).rowcount == 0:
            return
        database.execute(_FORGET_TICKS, values)
        if lease.partition == OVERSEER:
            database.execute(_FORGET_SIGHTINGS, values)
        crash.point("engine.before_snapshot")
    crash.point("engine.after_snapshot")


def _parameters() -> dict[str, Any]:
    """How Django's default database is reached, read in the owner's thread."""
    known = connection.get_connection_params()
    return {name: known[name] for name in ("dbname", "user", "password", "host", "port") if known.get(name)}
