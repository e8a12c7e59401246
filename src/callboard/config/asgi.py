"""The ASGI application: the lean ingest path beside Django."""

from __future__ import annotations

import gc
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callboard.config.settings")
os.environ.setdefault("CALLBOARD_PROCESS", "callboard-web")  # whoever starts it: the settings ask

import django

django.setup(set_prefix=False)

from asgiref.sync import sync_to_async  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.handlers.asgi import ASGIHandler  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.http.response import HttpResponseBase  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from callboard.live.ingest import PATH, IngestApp  # noqa: E402


class Handler(ASGIHandler):
    """Takes a request through middleware and view in one thread, from first to last.

    Django's own changes threads at each hook of each middleware, since any of them might be asynchronous;
    of ours none is, and two dozen changes cost more than the page. Asynchronous views run in the event loop.
    """

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002 - Django's signature
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


pages = Handler()
ingest = IngestApp(settings.INGEST_DATABASE_URL)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Evidence goes past Django; all else goes to it."""
    if scope["type"] == "http":
        await (ingest if scope["path"] == PATH else pages)(scope, receive, send)
    elif scope["type"] == "lifespan":
        _settle()
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})


def _settle() -> None:
    """Load what the first request would, and let the collector of garbage pass over all that stays for good,
    which would stop a page for longer than the page takes.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
