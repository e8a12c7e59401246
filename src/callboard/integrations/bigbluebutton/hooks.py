"""Where BigBlueButton's webhooks arrive: `/hooks/bigbluebutton/<the server's token>`.

1. The token names the organization and its server. One that is not ours: 404.
2. The checksum is checked over the body as it came (or the bearer token, where the server is set up so). It
   does not hold: 401, and nothing is read.
3. What the events say is written to the log of evidence, and only once that is committed comes a 200. It
   could not be: 503, and the server tries again for some minutes.
4. What is authentic and of no use to us gets 200: a meeting that is not ours, an event that we cannot read.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse

from callboard.integrations.bigbluebutton import events, hooking
from callboard.lib import clock, signing
from callboard.lib.sealing import CannotOpen
from callboard.lib.tenancy import organization_scope
from callboard.live import log
from callboard.live.log.following import lines_after
from callboard.sessions.models import Room, Server

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
KIND: Final = "bigbluebutton"
ALGORITHMS: Final = {64: "sha256", 96: "sha384", 128: "sha512", 40: "sha1"}
"""By the length of a checksum. Older servers sign their webhooks with SHA-1 and know nothing else."""

outcomes: Counter[str] = Counter()
"""What became of the webhooks that this process received: used, of_no_use, forged, failed, unknown."""

logger = logging.getLogger(__name__)

_decode = msgspec.json.Decoder().decode


def receive(request: HttpRequest, token: str) -> HttpResponse:
    """One webhook."""
    try:
        outcome, status = _take(request, token)
    except (DatabaseError, CannotOpen) as error:
        logger.warning("a webhook of BigBlueButton could not be kept: %s", type(error).__name__)
        outcome, status = "failed", 503
    outcomes[outcome] += 1
    return HttpResponse(status=status)


def _take(request: HttpRequest, token: str) -> tuple[str, int]:
    try:
        organization, pk = (int(value) for value in signing.read("server-hook", token))
    except ValueError:  # BadToken too
        return "unknown", 404
    received_at = (clock.now() - EPOCH) // timedelta(microseconds=1)
    with organization_scope(organization):
        server = Server.objects.filter(pk=pk, kind=KIND).first()
        if server is None:
            return "unknown", 404
        secret = server.values().get("secret", "")
        if not is_authentic(request, hooking.callback(organization, pk), secret):
            return "forged", 401
        lines = _lines(read(request.body), organization, received_at)
        log.append(lines)
    return ("used" if lines else "of_no_use"), 200


def is_authentic(request: HttpRequest, callback: str, secret: str) -> bool:
    """Whether whoever sent this knows the server's secret."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if bearer:
        return bool(secret) and hmac.compare_digest(bearer, secret.encode())
    given = request.GET.get("checksum", "").lower()
    algorithm = ALGORITHMS.get(len(given))
    if algorithm is None or not secret:
        return False
    made = hashlib.new(algorithm, callback.encode() + request.body + secret.encode()).hexdigest()
    return hmac.compare_digest(made.encode(), given.encode())


def read(body: bytes) -> list[dict[str, Any]]:
    """The events in a form's field: one, or a list of them. What cannot be read is left out."""
    found: list[dict[str, Any]] = []
    for raw in parse_qs(body.decode(errors="replace")).get("event", ()):
        try:
            said = _decode(raw)
        except msgspec.DecodeError:
            continue
        found += [each for each in (said if isinstance(said, list) else [said]) if isinstance(each, dict)]
    return found


def _lines(said: list[dict[str, Any]], organization: int, received_at: int) -> list[log.Line]:
    lines: list[log.Line] = []
    for meeting, mine in groupby(said, events.meeting_of):
        room = room_of(meeting) if meeting else None
        if room is None:
            continue
        key, former = room.session.key, room.external_id not in {"", meeting}
        told = events.Told(organization, key, received_at, _Identities(key), former)
        for event in mine:
            lines += events.lines(event, told)
    return lines


def room_of(meeting: str) -> Room | None:
    """The room of the session that a meeting was made for: its id begins with the session's key. A webhook
    may come before the answer to the request that made the meeting is recorded.
    """
    key = meeting.partition(".")[0]
    return Room.objects.select_related("session").filter(session__key=key, provider=KIND).first()


class _Identities:
    """Who is behind a connection, by the evidence: some events name the connection alone."""

    def __init__(self, session: str) -> None:
        self._session = session
        self._known: dict[str, str] | None = None

    def __call__(self, connection: str) -> str | None:
        if self._known is None:
            self._known = {}
            for stored in lines_after(0, [self._session], ["participant.joined"]):
                data = _decode(stored.line.data or "{}")
                if stored.line.participant and isinstance(data, dict):
                    self._known[str(data.get("connection"))] = stored.line.participant
        return self._known.get(connection)
