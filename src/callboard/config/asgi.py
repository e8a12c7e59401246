"""The ASGI application: the lean ingest path beside Django."""

from __future__ import annotations

import asyncio
import gc
import os
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callboard.config.settings")
os.environ.setdefault("CALLBOARD_PROCESS", "callboard-web")  # whoever starts it: the settings ask

import django

django.setup(set_prefix=False)

from asgiref.sync import sync_to_async  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core import signals  # noqa: E402
from django.core.exceptions import RequestAborted  # noqa: E402
from django.core.handlers.asgi import ASGIHandler, get_script_prefix  # noqa: E402
from django.db import close_old_connections  # noqa: E402
from django.http.response import HttpResponseBase  # noqa: E402
from django.urls import get_resolver, set_script_prefix  # noqa: E402

from callboard.lib import pubsub, tracing  # noqa: E402
from callboard.lib.processes import leaving  # noqa: E402
from callboard.live.ingest import PATH, IngestApp  # noqa: E402

THREADS = 64
"""Requests at work at once. More than there are connections, so that those which wait for a store or a mail
server hold up nobody who needs neither; whoever needs a connection waits as long as the pool says.
"""

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="page")


class Handler(ASGIHandler):
    """Takes a request through middleware, view and its end in one thread, which is kept for the next.

    Django's own changes threads at each hook of each middleware and at each signal, since any of them might
    be asynchronous, and makes a thread for each request. Of ours none is, and those changes cost more than
    the page. Asynchronous views run in the event loop, and so do streams, which are all asynchronous: one
    that is not Django would gather whole before it sends it.
    """

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002 - Django's signature
        super().load_middleware(is_async=False)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        try:
            respond = sync_to_async(self._respond, thread_sensitive=False, executor=_threads)
            response = await respond(scope, body)
            if response.streaming:
                await self._stream(response, receive, send)
            else:
                await self.send_response(response, send)
        finally:
            body.close()

    def _respond(self, scope: Any, body: IO[bytes]) -> HttpResponseBase:
        """The answer; a whole one is over with its connections given back, of a stream they are."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refused = self.create_request(scope, body)
        response = cast("HttpResponseBase", refused) if request is None else self.get_response(request)
        response._handler_class = self.__class__  # type: ignore[attr-defined]  # whom its end names as sender
        if response.streaming:
            close_old_connections()
        else:
            response.close()
        return response

    async def _stream(self, response: HttpResponseBase, receive: Any, send: Any) -> None:
        """Until it has been sent or its reader has gone, whichever comes first."""
        sending = asyncio.ensure_future(self.send_response(response, send))
        gone = asyncio.ensure_future(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait([sending, gone], return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            for task in (sending, gone):
                task.cancel()
            await asyncio.gather(sending, gone, return_exceptions=True)
            await sync_to_async(response.close)()


pages = Handler()
ingest = IngestApp(settings.INGEST_DATABASE_URL)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Evidence goes past Django; all else goes to it."""
    if scope["type"] == "http":
        await (ingest if scope["path"] == PATH else pages)(scope, receive, send)
    elif scope["type"] == "lifespan":
        _settle()
        leaving.heed(pubsub.hub().leave)
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await sync_to_async(tracing.stop)()  # the process is left without its own endings
        await send({"type": "lifespan.shutdown.complete"})


def _settle() -> None:
    """Load what the first request would, and let the collector of garbage pass over all that stays for good,
    which would stop a page for longer than the page takes.
    """
    tracing.start("web")
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
