"""The ASGI application of `POST /api/v1/events`.

1. The key: unknown 401, without `events.write` 403. Or a pass of the door, for reports on oneself. An
   organization that is being deleted: 401.
2. The body: over the limit 413 (said as soon as it is known), neither JSON array nor NDJSON 400.
3. Each event: refused by its position, or laid out as a row.
4. The rows are committed, with those of other requests. No room in line: 429 and Retry-After. Not committed:
   503 and Retry-After, and the same may be sent again.
5. 202, and only now are the ids remembered as seen.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
from django.db import Error as DatabaseError

from callboard.lib import clock, tracing
from callboard.lib.errors import Busy, CallboardError
from callboard.live.engine.events import BadEvent, Rejected
from callboard.live.engine.moments import micros
from callboard.live.ingest import limits, passes, rows
from callboard.live.ingest.known import Generations, Keys, Organizations, Reader, Sessions
from callboard.live.ingest.problems import Problem, of_error
from callboard.live.ingest.reading import TooMany, lay_out, read_body
from callboard.live.ingest.writer import NotWritten, Writer

PATH = "/api/v1/events"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode
_JSON = (b"content-type", b"application/json")


class IngestApp:
    """Takes evidence, in the role of `url`, which may insert into the log and nothing else."""

    def __init__(self, url: str) -> None:
        self._url = url
        reader = Reader()
        self._keys = Keys(reader)
        self._organizations = Organizations(reader)
        self._sessions = Sessions(reader)
        self._seen: dict[int, Generations[tuple[str, str]]] = {}
        self._allowance = passes.Allowance()
        self._writer: Writer | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.lower(): value for name, value in scope["headers"]}
        try:
            answer = await self._answer(scope["method"], headers, receive)
        except CallboardError as error:
            await _send(send, of_error(error))
        except Problem as problem:
            await _send(send, problem)
        except DatabaseError as error:
            log.warning("ingest could not ask the database: %s", type(error).__name__)
            await _send(send, unavailable())
        else:
            await _send_bytes(send, 202, [_JSON], _encode(answer))

    async def _answer(self, method: str, headers: dict[bytes, bytes], receive: Receive) -> dict[str, Any]:
        if method != "POST":
            raise Problem(405, "method_not_allowed", "Events are sent with POST.", {b"allow": b"POST"})
        organization, own = await self._sender(_token(headers))
        await self._organizations.check(organization)
        body = await _read(headers, receive)
        try:
            items = read_body(body)
        except BadEvent as error:
            raise Problem(400, error.code, str(error)) from None
        except TooMany:
            raise Problem(
                413, "too_many_events", f"At most {limits.MAX_EVENTS} events may come in one request."
            ) from None
        if own is not None:
            if not self._allowance.takes(own, len(items)):
                raise Busy(retry_after=limits.PASS_WINDOW_S)
            items = own.only_own(items)
        names = {item.session for item in items if not isinstance(item, Rejected)}
        heads = await self._sessions.heads(organization, names)
        seen = self._seen.setdefault(organization, Generations(limits.IDS_REMEMBERED))
        received_at = micros(clock.now())
        taken = lay_out(items, heads, lambda name: rows.head(organization, name), seen, received_at)
        if taken.ids:
            with tracing.span("POST api/v1/events", organization=organization, events=len(taken.ids)):
                await self._write(taken.parts, len(taken.ids))
            seen.update(taken.ids)
        return taken.answer()

    async def _sender(self, token: str) -> tuple[int, passes.Pass | None]:
        """Whose events these are, and the pass where no key sends them. Raises Unauthorized, Forbidden."""
        if "." in token:  # a pass is signed, and so has parts; a key has none
            own = passes.read(token)
            return own.organization, own
        access = await self._keys.access(token)
        access.require("events.write")
        return access.organization, None

    async def _write(self, parts: list[Any], count: int) -> None:
        if self._writer is None:
            self._writer = Writer(self._url)
        try:
            await self._writer.write(parts, count)
        except NotWritten as error:
            if error.bad:
                raise Problem(400, "not_storable", "The database will not have these events.") from None
            raise unavailable() from None


def unavailable() -> Problem:
    retry = str(limits.RETRY_AFTER_S).encode()
    return Problem(
        503, "not_committed", "The events could not be committed. Send them again.", {b"retry-after": retry}
    )


def _token(headers: dict[bytes, bytes]) -> str:
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    return token.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""


async def _read(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    too_large = Problem(
        413,
        "too_large",
        f"A request may have at most {limits.MAX_BODY_BYTES} bytes.",
        {b"connection": b"close"},
    )
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise Problem(415, "encoding_unsupported", "Send the events uncompressed.")
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > limits.MAX_BODY_BYTES:
        raise too_large
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "cut_short", "The body was cut short.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limits.MAX_BODY_BYTES:
            raise too_large
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


async def _send(send: Send, problem: Problem) -> None:
    headers = [(b"content-type", b"application/problem+json"), *problem.headers.items()]
    await _send_bytes(send, problem.status, headers, _encode(problem.body()))


async def _send_bytes(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
