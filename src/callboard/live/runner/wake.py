"""Sleep until the log says that there is more, or until it is time.

A connection of its own listens. Nothing rests on hearing: whoever is not woken looks after a second anyway.
"""

from __future__ import annotations

import contextlib
import logging
import time

import psycopg
from django.db import connection

from callboard.lib import logs
from callboard.live.log.lines import CHANNEL

log = logging.getLogger(__name__)


class Waker:
    """Listens on the log's channel of Django's default database."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None
        self._outage = logs.Outage(log, "the engine lost the connection that wakes it")

    def wait(self, seconds: float) -> None:
        """Return when there may be more to read, at the latest after so long."""
        if seconds <= 0:
            return
        try:
            for _ in self._connected().notifies(timeout=seconds, stop_after=1):
                pass
            self._outage.over()
        except psycopg.Error as error:
            self._outage.failed(error)
            self.close()
            time.sleep(min(seconds, 0.5))

    def _connected(self) -> psycopg.Connection[tuple[object, ...]]:
        if self._connection is None:
            parameters = connection.get_connection_params()
            keep = ("dbname", "user", "password", "host", "port")
            self._connection = psycopg.connect(
                **{name: parameters[name] for name in keep if parameters.get(name)},
                autocommit=True,
                connect_timeout=5,
            )
            self._connection.execute(f"LISTEN {CHANNEL}")
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
            self._connection = None
