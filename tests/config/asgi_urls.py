"""Views for the tests of the handler."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

left = threading.Event()
"""Set when a stream's generator has ended."""


def whole(request: HttpRequest) -> HttpResponse:
    return HttpResponse(threading.current_thread().name)


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken")


def file(request: HttpRequest) -> FileResponse:
    return FileResponse(Path(__file__).open("rb"))


read = threading.Semaphore(0)
"""Released by whoever has got a part; no other is made before that."""


def parts(request: HttpRequest) -> StreamingHttpResponse:
    def each() -> Iterator[bytes]:
        for n in range(3):
            yield f"part {n} of {threading.current_thread().name}".encode()
            read.acquire(timeout=5)

    return StreamingHttpResponse(each())


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
    path("file", file),
    path("parts", parts),
    path("endless", endless),
]
