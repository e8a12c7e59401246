"""What changes, as server-sent events named by topic; a case comes whole.

Each event's id is the moment up to which cases were told. A client that comes back with it as Last-Event-ID
gets every case that changed since, so that it misses none; with none, it starts now and reads what stands by
GET /cases. The overlap covers transactions that began before that moment and committed after it: a case may
come twice, and its `version` says which is newer. A process that is asked to stop ends its streams.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from callboard.api import problems
from callboard.api.guard import access_of
from callboard.api.shapes.cases import case_item
from callboard.cases import queries
from callboard.cases.operations.service import as_member
from callboard.lib import clock, pubsub
from callboard.lib.errors import CallboardError, Invalid, NotFound
from callboard.lib.pubsub import Word
from callboard.lib.tenancy import organization_scope
from callboard.people.access import Access, access_of_key, access_of_login

HEARTBEAT = 15.0
LOOK_AGAIN = 60.0
"""Seconds after which a stream asks whether whoever listens may still do so."""
OVERLAP = timedelta(seconds=30)
FURTHEST = timedelta(hours=24)
NEEDS = {"case": "cases.read", "queue": "cases.read", "incident": "cases.read", "session": "sessions.read",
         "live": "live.read", "person": "people.read"}  # fmt: skip
"""What one must be allowed to hear of a topic."""


async def stream(request: HttpRequest) -> HttpResponseBase:
    """GET /api/v1/stream."""
    if request.method not in ("GET", "HEAD"):
        response = problems.problem(405)
        response["Allow"] = "GET, HEAD"
        return response
    try:
        access = await _in_thread(_listener)(request)
        since = _since(request.headers.get("Last-Event-ID", ""))
    except CallboardError as error:
        return problems.of_error(error)
    token = request.headers.get("Authorization", "").partition(" ")[2].strip()
    answer = StreamingHttpResponse(_events(access, since, token), content_type="text/event-stream")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


def _in_thread(function: Any) -> Any:
    """Run a read in a thread of the pool, not in the one that all sync code of a request shares."""
    return sync_to_async(function, thread_sensitive=False)


def _listener(request: HttpRequest) -> Access:
    try:
        access = access_of(request)
        with organization_scope(access.organization):
            return as_member(access) if access.may("cases.act") else access
    finally:
        _let_go()


def _since(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromtimestamp(int(text.partition("-")[0]) / 1_000_000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Invalid(fields={"Last-Event-ID": "not an id of this stream"}) from error
    return max(moment, clock.now() - FURTHEST)


async def _events(access: Access, since: datetime | None, token: str) -> AsyncIterator[bytes]:
    """Heartbeats, what was missed, and then each word as it comes."""
    loop = asyncio.get_running_loop()
    async with pubsub.hub().subscribe(access.organization) as queue:
        told_until = clock.now()
        yield b"retry: 2000\n" + _beat(told_until)
        if since is not None:
            for item in await _in_thread(_changed)(access, since - OVERLAP):
                yield _event("case", item, told_until)
        checked = loop.time()
        while True:
            words: list[Word] = []
            with contextlib.suppress(TimeoutError):
                words.append(await asyncio.wait_for(queue.get(), HEARTBEAT))
            while words and not queue.empty():
                words.append(queue.get_nowait())
            if loop.time() - checked > LOOK_AGAIN:
                if not await _in_thread(_still)(access, token):
                    return
                checked = loop.time()
            reached = clock.now()
            if not words:
                yield _beat(reached)
            for name, data in await _told(access, words, told_until):
                yield _event(name, data, reached)
            if any(word.topic == pubsub.LEAVING for word in words):
                return
            told_until = reached


async def _told(access: Access, words: list[Word], told_until: datetime) -> list[tuple[str, Any]]:
    """The events that these words make for this listener: of each case the last word alone, whole."""
    told: list[tuple[str, Any]] = []
    ids = {word.data["id"] for word in words if word.topic == "case" and "id" in word.data}
    if any(word.topic == pubsub.LOST for word in words):
        # Whatever else was missed, the client has to read again; of cases we know what.
        told.append((pubsub.LOST, {}))
        told += [("case", item) for item in await _in_thread(_changed)(access, told_until - OVERLAP)]
    elif ids and access.may("cases.read"):
        told += [("case", item) for item in await _in_thread(_whole)(access, ids)]
    others = (word for word in words if word.topic in NEEDS and word.topic != "case")
    return told + [(word.topic, word.data) for word in others if access.may(NEEDS[word.topic])]


def _whole(access: Access, ids: set[int]) -> list[dict[str, Any]]:
    try:
        with organization_scope(access.organization):
            rows = queries.cases(access).filter(pk__in=ids).order_by("changed_at", "pk")
            return [case_item(case, access) for case in rows]
    finally:
        _let_go()


def _changed(access: Access, moment: datetime) -> list[dict[str, Any]]:
    if not access.may("cases.read"):
        return []
    try:
        with organization_scope(access.organization):
            return [case_item(case, access) for case in queries.changed_since(access, moment)]
    finally:
        _let_go()


def _still(access: Access, token: str) -> bool:
    """Whether the key or membership that opened the stream is still in force, with the same scopes."""
    try:
        now = access_of_key(token) if token else access_of_login(access.user or 0, access.organization)
    except (CallboardError, NotFound):
        return False
    finally:
        _let_go()
    return now.scopes == access.scopes


def _let_go() -> None:
    """A stream lasts for hours and keeps no connection; within someone's transaction it is theirs."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _beat(moment: datetime) -> bytes:
    return f"id: {_id(moment)}\nevent: beat\ndata: {{}}\n\n".encode()


def _event(name: str, data: Any, moment: datetime) -> bytes:
    head = f"id: {_id(moment)}\nevent: {name}\ndata: ".encode()
    return head + msgspec.json.encode(data, enc_hook=str) + b"\n\n"


def _id(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)
