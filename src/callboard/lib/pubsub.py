"""Word between processes that something changed, so that boards are current within a second.

`publish` speaks within the transaction and is heard when it commits. Nothing rests on being heard: a
listener that missed a word reads again what it shows. A word holds ids, never names.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import psycopg
from django.db import connections

from callboard.lib import logs, tenancy

CHANNEL = "callboard"
QUEUE_LENGTH = 1_000
"""Words one slow listener may fall behind by before it is told to read everything anew."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Word:
    """`topic` says what kind of thing changed ("case", "session", ...), `data` which one."""

    organization: int
    topic: str
    data: dict[str, Any]


LOST = "lost"
"""Topic of the word that a listener gets when it may have missed some."""

LEAVING = "leaving"
"""Topic of the last word that a listener gets: this process is asked to stop, and another will be there."""


def publish(topic: str, *, using: str = "default", organization: int | None = None, **data: Any) -> None:
    """Say that something changed, to those who listen to the organization, once this transaction commits."""
    publish_many(topic, [data], using=using, organization=organization)


def publish_many(
    topic: str,
    changes: Iterable[Mapping[str, Any]],
    *,
    using: str = "default",
    organization: int | None = None,
) -> None:
    """The same for several things at once, in one round trip."""
    whose = tenancy.current_organization() if organization is None else organization
    texts = [
        msgspec.json.encode({"organization": whose, "topic": topic, "data": data}).decode()
        for data in changes
    ]
    if texts:
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, word) FROM unnest(%s::text[]) AS word", [CHANNEL, texts])


class Hub:
    """One database connection that listens, and the listeners of this process that it tells."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._listeners: dict[int, set[asyncio.Queue[Word]]] = {}
        self._task: asyncio.Task[None] | None = None
        self._leaving = False

    @contextlib.asynccontextmanager
    async def subscribe(self, organization: int) -> AsyncIterator[asyncio.Queue[Word]]:
        """A queue of words of one organization, for as long as the block lasts."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())
        queue: asyncio.Queue[Word] = asyncio.Queue(QUEUE_LENGTH)
        self._listeners.setdefault(organization, set()).add(queue)
        if self._leaving:
            queue.put_nowait(Word(organization, LEAVING, {}))
        try:
            yield queue
        finally:
            self._listeners[organization].discard(queue)

    def leave(self) -> None:
        """Tell every listener, and whoever comes still, that they are to come back elsewhere."""
        self._leaving = True
        self._tell_all(LEAVING)

    async def _listen(self) -> None:
        outage = logs.Outage(log, "pubsub lost its connection")
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    outage.over()
                    self._tell_all(LOST)
                    async for notice in connection.notifies():
                        self._tell(msgspec.json.decode(notice.payload, type=Word))
            except psycopg.Error as error:
                outage.failed(error)
            await asyncio.sleep(0.5)

    def _tell(self, word: Word) -> None:
        for queue in self._listeners.get(word.organization, ()):
            self._put(queue, word)

    def _tell_all(self, topic: str) -> None:
        for organization, queues in self._listeners.items():
            for queue in queues:
                self._put(queue, Word(organization, topic, {}))

    @staticmethod
    def _put(queue: asyncio.Queue[Word], word: Word) -> None:
        if queue.full():
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(Word(word.organization, LOST, {}))
            if word.topic != LEAVING:
                return
        queue.put_nowait(word)


_hubs: dict[int, Hub] = {}


def hub() -> Hub:
    """The hub of the running event loop, listening on the default database."""
    loop = id(asyncio.get_running_loop())
    if loop not in _hubs:
        parameters = connections["default"].get_connection_params()
        keep = {"dbname", "user", "password", "host", "port"}
        conninfo = psycopg.conninfo.make_conninfo(
            "", **{name: value for name, value in parameters.items() if name in keep and value}
        )
        _hubs[loop] = Hub(conninfo)
    return _hubs[loop]
