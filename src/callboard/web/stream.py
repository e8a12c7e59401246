"""What changed, as server-sent events: a word per change, so that pages read again what they show.

A word holds ids alone. The page fetches itself anew and morphs what differs, so a word missed, doubled or
late does no harm; on a new connection the page refreshes at once. Beats come every few seconds with the
server's time, so that a page knows when it has gone deaf. A process that is asked to stop ends its streams,
and pages come back by themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from callboard.lib import clock, pubsub, tenancy
from callboard.lib.errors import CallboardError
from callboard.web import times
from callboard.web.access import access_of
from callboard.web.reads import calm
from callboard.web.viewer import Viewer, viewer_of

BEAT_S = 5.0
MOST_KEYS = 200
GATHER_S = 0.05
"""Words that come this close together are told as one event."""


async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    try:
        viewer = await sync_to_async(_viewer)(request)
    except CallboardError as error:
        return HttpResponse(status=error.status)
    if viewer is None:
        return HttpResponse(status=401)
    response = StreamingHttpResponse(_words(viewer), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _viewer(request: HttpRequest) -> Viewer | None:
    try:
        return viewer_of(access_of(request)) if request.user.is_authenticated else None
    finally:
        _let_go()


def _let_go() -> None:
    """A stream lasts for hours and must not keep a connection of the pool."""
    if not connection.in_atomic_block:
        connection.close()


async def _words(viewer: Viewer) -> AsyncIterator[bytes]:
    organization = viewer.access.organization
    async with pubsub.hub().subscribe(organization) as queue:
        yield b"retry: 2000\n\n" + await _beat(organization, viewer.is_staff)
        while True:
            try:
                first = await asyncio.wait_for(queue.get(), BEAT_S)
            except TimeoutError:
                yield await _beat(organization, viewer.is_staff)
                continue
            await asyncio.sleep(GATHER_S)
            words = [first]
            while not queue.empty():
                words.append(queue.get_nowait())
            topics = {word.topic for word in words}
            told = {
                "topics": sorted(topics - {pubsub.LEAVING}),
                "keys": _keys(words) if viewer.is_staff else None,
                "by": _by_topic(words) if viewer.is_staff else {},
                "at": times.iso(clock.now()),
            }
            if topics != {pubsub.LEAVING}:
                yield _event("changed", told)
            if pubsub.LEAVING in topics:
                return


def _keys(words: list[pubsub.Word]) -> list[str] | None:
    """The keys of the sessions that the words are about; None where they are too many, or of any."""
    keys: set[str] = set()
    for word in words:
        data = word.data
        if data.get("many") or word.topic == pubsub.LOST:
            return None
        keys.update(
            str(each) for each in (data.get("key"), data.get("session"), *data.get("sessions", ())) if each
        )
    return sorted(keys) if len(keys) <= MOST_KEYS else None


def _by_topic(words: list[pubsub.Word]) -> dict[str, list[str] | None]:
    """The same for each topic, for pages that read anew only what changed of some."""
    topics: dict[str, list[pubsub.Word]] = {}
    for word in words:
        topics.setdefault(word.topic, []).append(word)
    return {topic: _keys(found) for topic, found in topics.items()}


async def _beat(organization: int, staff: bool) -> bytes:
    heard = await sync_to_async(_heard)(organization) if staff else ""
    return _event("beat", {"now": times.iso(clock.now()), "heard": heard})


def _heard(organization: int) -> str:
    try:
        with tenancy.organization_scope(organization):
            return times.iso(calm.heard_at())
    finally:
        _let_go()


def _event(name: str, data: object) -> bytes:
    stamp = int(clock.now().timestamp() * 1000)
    return f"id: {stamp}\nevent: {name}\ndata: {msgspec.json.encode(data).decode()}\n\n".encode()
