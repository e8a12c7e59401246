"""`callboard recorder`: has the rooms of many wishes in hand, until it is told to stop.

1. What a killed recorder of this machine left behind is brought to the store.
2. Wishes that nobody has in hand are taken, each under a lease; every two seconds all leases are renewed and
   what is wanted is read anew. A lease that was lost: its room is left at once, its bytes are stored.
3. Each is heard (`hearing`); every ten seconds what was heard is brought to the store and told as evidence.
   The store is down: the bytes wait here and are brought later; the wish does not end before they are there.
4. The session is over, or may not be recorded any more: the stream is closed and stored, the wish ends, and
   with it a job is put in line that makes one file of the parts.
Killed: whoever takes the wish within seconds goes on with a stream of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import Error as DatabaseError
from django.db import connection

from callboard.integrations.recorder import spool
from callboard.integrations.recorder.books import Books, DatabaseBooks, Order, Said
from callboard.lib import crash
from callboard.lib.processes.owners import owner_name
from callboard.lib.store import Store, StoreFailed
from callboard.sessions.operations.leases import RENEWED_EVERY_S, Held, LeaseLost
from callboard.sessions.ports import Entry

if TYPE_CHECKING:
    from callboard.integrations.recorder.hearing import Hearing

PROGRESS_EVERY = 10.0  # seconds
FIRST_PROGRESS = 2.0  # seconds after it began
LOOKED_EVERY = 1.0  # seconds; for wishes, and for what is to be told
STORED_AGAIN_AFTER = 2.0  # seconds
STOPS_WITHIN = 3.0  # seconds
ROOMS = 16
"""Rooms of one process: one of sound alone takes about a twentieth of a core."""

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass
class _Work:
    """One wish in hand."""

    held: Held
    order: Order
    stream: spool.Stream
    hearing: Hearing
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)
    began: bool = False
    lost: bool = False
    leaving: bool = False


class RecorderProcess:
    """See the module."""

    def __init__(self, folder: Path, store: Store, books: Books | None = None, rooms: int = ROOMS) -> None:
        self.folder = folder
        self.store = store
        self._books = books or DatabaseBooks()
        self._rooms = rooms
        self._owner = owner_name()
        self._work: dict[int, _Work] = {}
        self._said: list[Said] = []
        self._database = ThreadPoolExecutor(1, thread_name_prefix="books")
        self._storing = ThreadPoolExecutor(4, thread_name_prefix="storing")

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set: then rooms are left, bytes stored if the store takes them, leases let go."""
        renewed = 0.0
        loop = asyncio.get_running_loop()
        leftover = asyncio.create_task(self._bring_leftovers())
        try:
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    try:
                        if loop.time() - renewed >= RENEWED_EVERY_S:
                            await self._renew()
                            renewed = loop.time()
                        await self._take()
                        await self._tell()
                    except DatabaseError as error:
                        log.warning("the recorder's books could not be kept: %s", type(error).__name__)
                        await self._in_books(connection.close)
                    await asyncio.wait_for(stop.wait(), LOOKED_EVERY)
        finally:
            leftover.cancel()
            await self._leave_all()
            self._database.shutdown()
            self._storing.shutdown(wait=False)

    # -- wishes

    async def _take(self) -> None:
        free = self._rooms - len(self._work)
        taken = await self._in_books(lambda: self._books.take(self._owner, free))
        orders = await self._in_books(lambda: self._books.orders(taken)) if taken else {}
        for held in taken:
            order = orders.get(held.wish)
            if order is None:
                log.warning("a wish for a recorder names no session")
                continue
            if order.ends and order.refused:
                await self._end(held, problem=order.ends, refused=True)
                continue
            self._begin(held, order)

    def _begin(self, held: Held, order: Order) -> None:
        from callboard.integrations.recorder.hearing import Hearing  # heavy; idle, it is not needed

        whose = spool.Whose(order.organization, order.session, order.recorder)
        stream = spool.Stream(self.folder, whose, held.epoch)
        work: _Work

        async def let_in() -> Entry:
            return await self._in_books(lambda: self._books.enter(work.order))

        hearing = Hearing(
            stream,
            let_in,
            lambda identity: identity in work.order.roster,
            order.room,
            screen=order.screen,
            before=order.before,
        )
        work = _Work(held, order, stream, hearing)
        work.tasks.append(asyncio.create_task(self._see_through(work)))
        self._work[held.wish] = work

    async def _renew(self) -> None:
        held = {wish: work.held for wish, work in self._work.items()}
        if not held:
            return
        for wish in await self._in_books(lambda: self._books.keep(held)):
            self._work[wish].lost = True
            self._work[wish].hearing.stop()
        orders = await self._in_books(lambda: self._books.orders(held.values()))
        for wish, work in self._work.items():
            order = orders.get(wish)
            if order is None or order.ends:
                work.order = order or work.order
                work.hearing.stop()
            elif order.room:
                work.order = order
                work.hearing.room = order.room

    # -- one wish, from its beginning to its end

    async def _see_through(self, work: _Work) -> None:
        listening = asyncio.create_task(work.hearing.run())
        telling = asyncio.create_task(self._tell_of(work))
        try:
            await listening
        except Exception:
            log.exception("a room's recording broke off")
            self._say(work, "failed")
        finally:
            telling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await telling
        if work.leaving:
            return
        if work.began and not work.lost:
            self._say(work, "progress", work.hearing.seconds)
            self._say(work, "stopped")
        await self._store_all(work)
        if work.lost:
            with contextlib.suppress(DatabaseError):
                await self._found_more(work.stream.whose)
        else:
            await self._end(work.held, problem=work.order.ends, refused=not work.began)
        self._work.pop(work.held.wish, None)

    async def _tell_of(self, work: _Work) -> None:
        """Evidence as it comes about, and the bytes to the store."""
        while not work.hearing.connected:
            await asyncio.sleep(0.1)
        work.began = True
        self._say(work, "started")
        await self._with_patience(lambda: self._books.began(work.held), work)
        told, pause = 0.0, FIRST_PROGRESS
        while True:
            await asyncio.sleep(pause)
            pause = PROGRESS_EVERY
            if work.hearing.seconds > told:
                told = work.hearing.seconds
                self._say(work, "progress", told)
            with contextlib.suppress(StoreFailed):
                await self._store(work)
            crash.point("recorder.stored")

    async def _store_all(self, work: _Work) -> None:
        while True:
            try:
                await self._store(work)
                work.stream.discard()
                return
            except StoreFailed as failure:
                log.warning("a recording waits for the store: %s", failure)
                await asyncio.sleep(STORED_AGAIN_AFTER)

    async def _store(self, work: _Work) -> None:
        await asyncio.get_running_loop().run_in_executor(self._storing, work.stream.store, self.store)

    async def _end(self, held: Held, *, problem: str, refused: bool) -> None:
        await self._tell()
        while True:
            try:
                await self._in_books(lambda: self._books.ended(held, problem=problem, refused=refused))
                return
            except LeaseLost:
                return
            except DatabaseError:
                await self._in_books(connection.close)
                await asyncio.sleep(LOOKED_EVERY)

    async def _with_patience(self, write: Callable[[], None], work: _Work) -> None:
        try:
            await self._in_books(write)
        except LeaseLost:
            work.lost = True
            work.hearing.stop()
        except DatabaseError:
            await self._in_books(connection.close)

    # -- evidence

    def _say(self, work: _Work, kind: str, seconds: float | None = None) -> None:
        self._said.append(Said(work.order, work.held.epoch, kind, seconds=seconds))

    async def _tell(self) -> None:
        said, self._said = self._said, []
        if not said:
            return
        try:
            await self._in_books(lambda: self._books.say(said))
        except DatabaseError:
            self._said = said + self._said
            raise

    # -- coming and going

    async def _bring_leftovers(self) -> None:
        while True:
            try:
                found = await asyncio.get_running_loop().run_in_executor(self._storing, self._leftovers)
                for whose in found:
                    await self._found_more(whose)
                return
            except (StoreFailed, DatabaseError) as failure:
                log.warning("what was left behind waits for the store: %s", type(failure).__name__)
                await asyncio.sleep(STORED_AGAIN_AFTER)

    async def _found_more(self, whose: spool.Whose) -> None:
        await self._in_books(
            lambda: self._books.found_more(whose.organization, whose.session, whose.recorder)
        )

    def _leftovers(self) -> set[spool.Whose]:
        found = set()
        for stream in spool.leftovers(self.folder, self.store):
            stream.store(self.store)
            stream.discard()
            found.add(stream.whose)
        return found

    async def _leave_all(self) -> None:
        """What the store does not take in time stays in the spool; the wishes are free for others."""
        works = list(self._work.values())
        for work in works:
            work.leaving = True
            work.hearing.stop()
        tasks = [task for work in works for task in work.tasks]
        if tasks:
            await asyncio.wait(tasks, timeout=STOPS_WITHIN)
        for work in works:
            with contextlib.suppress(StoreFailed, TimeoutError):
                await asyncio.wait_for(self._store(work), STOPS_WITHIN)
                work.stream.discard()
        with contextlib.suppress(DatabaseError):
            await self._tell()
            await self._in_books(lambda: self._books.let_go([work.held for work in works]))

    async def _in_books(self, doing: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._database, doing)


def run(folder: Path, store: Store, rooms: int = ROOMS) -> None:
    """Work until SIGTERM or SIGINT."""

    async def main() -> None:
        stop = asyncio.Event()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await RecorderProcess(folder, store, rooms=rooms).run(stop)

    asyncio.run(main())
