"""Asking a LiveKit server: one event loop for all of them, in a thread of its own, and errors in words.

`livekit-api` is asynchronous and keeps connections open; providers are asked from any thread. So its clients
live in one loop per process, one client per server, and who asks waits for the answer in their own thread.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
from django.utils.translation import gettext as _
from livekit.api import LiveKitAPI, TwirpError, TwirpErrorCode

from callboard.sessions.ports import ProviderFailed

PATIENCE = 5.0  # seconds for one request
BESIDES = 2.0  # seconds more that the asking thread waits, so that the loop's own words come first
REMEMBERED = 64  # clients; more servers than that are asked over connections that are opened anew
CLOUD = ".livekit.cloud"

T = TypeVar("T")


class NotThere(ProviderFailed):
    """The room, person or recorder is not there (any more)."""


class Refused(ProviderFailed):
    """The server does not take the key or the secret."""


@dataclass(frozen=True)
class Address:
    """A server and the pair of keys that it knows."""

    url: str
    key: str
    secret: str = field(repr=False)


def ask(address: Address, request: Callable[[LiveKitAPI], Awaitable[T]]) -> T:
    """Make one request, from any thread but the loop's. Raises ProviderFailed, NotThere, Refused."""
    try:
        return _loop().wait(_clients.asked(address, request), PATIENCE + BESIDES)
    except TwirpError as error:
        raise _in_words(error) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        words = _("LiveKit did not answer within %(seconds)d s.") % {"seconds": PATIENCE}
        raise ProviderFailed(words) from error
    except ValueError as error:  # an address that is none
        raise ProviderFailed(_("LiveKit cannot be asked at this address.")) from error


def _in_words(error: TwirpError) -> ProviderFailed:
    if error.code == TwirpErrorCode.NOT_FOUND:
        return NotThere(_("LiveKit has no such room or person."))
    if error.status in {401, 403}:
        return Refused(_("LiveKit does not take this key and secret."))
    return ProviderFailed(_("LiveKit answered “%(code)s”.") % {"code": error.code})


class _Loop:
    """An event loop in a daemon thread."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="livekit", daemon=True).start()

    def wait(self, doing: Coroutine[Any, Any, T], seconds: float) -> T:
        future = asyncio.run_coroutine_threadsafe(doing, self._loop)
        try:
            return future.result(seconds)
        except TimeoutError:
            future.cancel()
            raise

    def end(self) -> None:
        """Close what is open: at the end of the process."""
        if self.process == os.getpid():
            with suppress(Exception):
                self.wait(_clients.close(), 1.0)


_lock = threading.Lock()
_running: _Loop | None = None


def _loop() -> _Loop:
    """This process's own: one that was forked has none of its parent's threads."""
    global _running
    with _lock:
        if _running is None or _running.process != os.getpid():
            _running = _Loop()
            _clients.forget()
            atexit.register(_running.end)
        return _running


class _Clients:
    """The clients of the loop, those used last kept. Touched within the loop alone."""

    def __init__(self) -> None:
        self._known: dict[Address, LiveKitAPI] = {}

    async def asked(self, address: Address, request: Callable[[LiveKitAPI], Awaitable[T]]) -> T:
        client = self._known.pop(address, None) or self._new(address)
        self._known[address] = client
        if len(self._known) > REMEMBERED:
            await self._known.pop(next(iter(self._known))).aclose()
        return await request(client)

    def forget(self) -> None:
        self._known = {}

    async def close(self) -> None:
        for client in self._known.values():
            await client.aclose()
        self.forget()

    @staticmethod
    def _new(address: Address) -> LiveKitAPI:
        return LiveKitAPI(
            address.url,
            address.key,
            address.secret,
            timeout=aiohttp.ClientTimeout(total=PATIENCE),
            # LiveKit's cloud has other regions to turn to; a server of one's own has none.
            failover=(urlsplit(address.url).hostname or "").endswith(CLOUD),
        )


_clients = _Clients()
