"""Views for the tests of the handler."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

left = threading.Event()
"""Set when a stream's generator has ended."""


def whole(request: HttpRequest) -> HttpResponse:
    return HttpResponse(threading.current_thread().name)


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken")


async def endless(request: HttpRequest) -> StreamingHttpResponse:
    async def words() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"word\n"
                await asyncio.sleep(0.01)
        finally:
            left.set()

    return StreamingHttpResponse(words(), content_type="text/plain")


urlpatterns = [
    path("whole", whole),
    path("broken", broken),
    path("endless", endless),
]
