"""What one process of ingest remembers: keys and that organizations stand for some seconds, sessions by
organization, ids lately written.

All of it may be forgotten at any time: it saves work, and nothing rests on it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from django.db import close_old_connections, connection

from callboard.lib.errors import Unauthorized
from callboard.lib.tenancy import organization_scope
from callboard.live.ingest import limits, rows
from callboard.people.access import Access, access_of_key
from callboard.people.operations import departures
from callboard.sessions.models import Session

T = TypeVar("T")


class Reader:
    """Django's database, read from an event loop: one thread, one connection."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ingest-reads")

    async def read(self, ask: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._ask, ask, arguments)

    @staticmethod
    def _ask(ask: Callable[..., T], arguments: tuple[object, ...]) -> T:
        close_old_connections()
        try:
            return ask(*arguments)
        except Exception:
            connection.close()
            raise


class Keys:
    """What a key may do, asked for again after KEY_CACHED_S."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[str, tuple[Access, float]] = {}

    async def access(self, token: str) -> Access:
        """Raises lib.errors.Unauthorized."""
        found = self._known.get(token)
        if found is not None and time.monotonic() < found[1]:
            return found[0]
        self._known.pop(token, None)
        access = await self._reader.read(access_of_key, token)
        if len(self._known) > 1_000:
            self._known.clear()
        self._known[token] = (access, time.monotonic() + limits.KEY_CACHED_S)
        return access


class Organizations:
    """Which organizations stand, asked again after KEY_CACHED_S: one that is being deleted takes nothing."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._stand: dict[int, float] = {}

    async def check(self, organization: int) -> None:
        """Raises lib.errors.Unauthorized."""
        if time.monotonic() < self._stand.get(organization, 0.0):
            return
        self._stand.pop(organization, None)
        asked = time.monotonic()
        if not await self._reader.read(departures.stands, organization):
            raise Unauthorized
        self._stand[organization] = asked + limits.KEY_CACHED_S


class Sessions:
    """Which sessions an organization has, with the start of their rows; a name not known is asked for."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._heads: dict[int, dict[str, bytes]] = {}
        self._unknown: set[tuple[int, str]] = set()
        self._forget_at = 0.0

    async def heads(self, organization: int, names: set[str]) -> dict[str, bytes]:
        """The organization's own sessions, these among them where it has them."""
        known = self._heads.setdefault(organization, {})
        missing = names.difference(known)
        if missing:
            if time.monotonic() >= self._forget_at:
                self._unknown.clear()
                self._forget_at = time.monotonic() + limits.UNKNOWN_CACHED_S
            missing = {name for name in missing if (organization, name) not in self._unknown}
        if missing:
            found = await self._reader.read(_those_of, organization, missing)
            self._unknown.update((organization, name) for name in missing - found)
            if len(known) + len(found) > limits.SESSIONS_REMEMBERED:
                known = self._heads[organization] = {name: known[name] for name in names if name in known}
            known.update((name, rows.head(organization, name)) for name in found)
        return known


def _those_of(organization: int, names: set[str]) -> set[str]:
    with organization_scope(organization):
        return set(Session.objects.filter(key__in=names).values_list("key", flat=True))


K = TypeVar("K")


class Generations(Generic[K]):
    """A set that forgets: the young become the old, and the old are forgotten, whenever `size` is reached."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._young: set[K] = set()
        self._old: set[K] = set()

    def __contains__(self, item: object) -> bool:
        return item in self._young or item in self._old

    def isdisjoint(self, items: Iterable[K]) -> bool:
        known = list(items)
        return self._young.isdisjoint(known) and self._old.isdisjoint(known)

    def update(self, items: Iterable[K]) -> None:
        self._young.update(items)
        if len(self._young) >= self._size:
            self._old, self._young = self._young, set()
