"""What several requests brought, in one commit.

1. A request puts its rows in line and waits. Too many rows in line already: Busy, and nothing was taken.
2. The one flusher takes what waits, and in one transaction holds the log's lock, COPYs, and says so on the
   channel. While it commits, the next requests gather.
3. Committed: all of them are told. Failed: all of them are told that, and none was acknowledged; a commit
   whose outcome is not known counts as failed, since sending anew does no harm.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg

from callboard.lib import crash
from callboard.lib.errors import Busy
from callboard.live.ingest import limits, rows
from callboard.live.log.lines import CHANNEL, LOCK

log = logging.getLogger(__name__)

_BEGIN = f"BEGIN; SELECT pg_advisory_xact_lock({LOCK})".encode()
_END = f"SELECT pg_notify('{CHANNEL}', ''); COMMIT".encode()


class NotWritten(Exception):
    """The rows were not committed, as far as is known. `bad` is set where these very rows are at fault."""

    def __init__(self, bad: bool = False) -> None:
        super().__init__()
        self.bad = bad


@dataclass
class _Waiting:
    data: bytes
    rows: int
    done: asyncio.Future[None]


class Writer:
    """One connection in the role of ingest, and the line before it. Belongs to one event loop."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._line: deque[_Waiting] = deque()
        self._rows = 0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._connection: psycopg.AsyncConnection[Any] | None = None

    async def write(self, parts: Iterable[Any], count: int) -> None:
        """Returns once the rows are committed. Raises Busy where the line is full, NotWritten."""
        if self._rows and self._rows + count > limits.QUEUE_ROWS:
            raise Busy(retry_after=limits.RETRY_AFTER_S)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        waiting = _Waiting(b"".join(parts), count, asyncio.get_running_loop().create_future())
        self._line.append(waiting)
        self._rows += count
        self._wake.set()
        await waiting.done

    @property
    def rows_waiting(self) -> int:
        return self._rows

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            taken = self._take()
            if not taken:
                self._wake.clear()
                continue
            try:
                await self._flush(taken)
            except psycopg.errors.DataError:
                await self._flush_each(taken)
            except Exception as error:  # whatever it is, nobody may be left waiting
                log.warning("ingest could not commit: %s", type(error).__name__)
                await self._drop_connection()
                self._tell(taken, NotWritten())
            else:
                self._tell(taken, None)

    def _take(self) -> list[_Waiting]:
        taken: list[_Waiting] = []
        count = 0
        while self._line and (not taken or count + self._line[0].rows <= limits.FLUSH_ROWS):
            taken.append(self._line.popleft())
            count += taken[-1].rows
        return taken

    async def _flush(self, taken: list[_Waiting]) -> None:
        connection = await self._connected()
        try:
            await connection.execute(_BEGIN)
            crash.point("ingest.before_copy")
            async with connection.cursor() as cursor, cursor.copy(rows.COPY.encode()) as copy:
                await copy.write(b"".join((rows.HEADER, *(one.data for one in taken), rows.TRAILER)))
            crash.point("ingest.before_commit")
            await connection.execute(_END)
            crash.point("ingest.after_commit")
        except psycopg.Error:
            with contextlib.suppress(psycopg.Error):
                await connection.execute(b"ROLLBACK")
            raise

    async def _flush_each(self, taken: list[_Waiting]) -> None:
        """Rows that the database will not have must not take their neighbours with them."""
        for one in taken:
            try:
                await self._flush([one])
            except psycopg.Error as error:
                log.warning("ingest could not commit a request: %s", type(error).__name__)
                self._tell([one], NotWritten(bad=isinstance(error, psycopg.errors.DataError)))
            else:
                self._tell([one], None)

    def _tell(self, taken: list[_Waiting], problem: NotWritten | None) -> None:
        for one in taken:
            self._rows -= one.rows
            if one.done.done():
                continue  # whoever sent it has gone
            if problem is None:
                one.done.set_result(None)
            else:
                one.done.set_exception(problem)

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = await psycopg.AsyncConnection.connect(
                self._url,
                autocommit=True,
                connect_timeout=5,
                application_name="callboard ingest",
                options="-c lock_timeout=10s -c statement_timeout=20s",
            )
        return self._connection

    async def _drop_connection(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(Exception):
                await self._connection.close()
            self._connection = None
