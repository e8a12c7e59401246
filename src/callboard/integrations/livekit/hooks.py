"""Where LiveKit's webhooks arrive: `/hooks/livekit/<the server's token>`.

1. The token names the organization and its server. One that is not ours: 404.
2. The signature is checked over the body as it came. It does not hold: 401, and nothing is read.
3. What the event says is written to the log of evidence, and only once that is committed comes a 2xx. It
   could not be: 503, and LiveKit tries again for a while. It drops what is older than 30 seconds, and
   promises no delivery: what is lost, the poll finds.
4. LiveKit counts a 4xx as delivered. So what is authentic and of no use to us (a room that is not ours, an
   event we know nothing of) gets 200, and is counted in `outcomes`.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from google.protobuf.json_format import ParseError
from jwt import InvalidTokenError
from livekit.api import TokenVerifier, WebhookEvent, WebhookReceiver

from callboard.integrations.livekit import events
from callboard.integrations.livekit.about import NAME, outcomes
from callboard.integrations.livekit.api import Address
from callboard.integrations.livekit.provider import address_of
from callboard.lib import clock, signing, tenancy
from callboard.lib.sealing import CannotOpen
from callboard.lib.tenancy import organization_scope
from callboard.live import log
from callboard.sessions.models import Room, Server

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

logger = logging.getLogger(__name__)


class Forged(Exception):
    """The signature does not hold for this body, or there is none."""


class Unreadable(Exception):
    """Authentic, and no event that this version can read."""


def receive(request: HttpRequest, token: str) -> HttpResponse:
    """One webhook."""
    try:
        outcome, status = _take(request, token)
    except (DatabaseError, CannotOpen) as error:
        logger.warning("a webhook of LiveKit could not be kept: %s", type(error).__name__)
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
        server = Server.objects.filter(pk=pk, kind=NAME).first()
        if server is None:
            return "unknown", 404
        try:
            event = verified(
                request.body, request.headers.get("Authorization", ""), address_of(server.values())
            )
        except Forged:
            return "forged", 401
        except Unreadable:
            return "unreadable", 200
        lines = _lines(event, server, received_at)
        log.append(lines)
    return ("used" if lines else "of_no_use"), 200


def verified(body: bytes, signature: str, address: Address) -> WebhookEvent:
    """The event, if its signature holds for these very bytes. Raises Forged, Unreadable."""
    receiver = WebhookReceiver(TokenVerifier(address.key, address.secret))
    try:
        return receiver.receive(body.decode(), signature)
    except ParseError as error:
        raise Unreadable from error
    except (InvalidTokenError, UnicodeDecodeError) as error:
        raise Forged from error
    except Exception as error:  # the receiver raises no kinds of its own: no hash, another hash
        raise Forged from error


def _lines(event: WebhookEvent, server: Server, received_at: int) -> list[log.Line]:
    name = events.room_of(event)
    room = session_room(name) if name else None
    if room is None:
        return []
    current = room.server_id in {None, server.pk} and room.external_id in {"", name}
    told = events.Told(tenancy.current_organization(), room.session.key, received_at, former=not current)
    return events.lines(event, told)


def session_room(name: str) -> Room | None:
    """The room of the session that a room at LiveKit was made for: its name begins with the session's key.

    A webhook may come before the answer to the request that made its room is recorded.
    """
    key = name.partition(".")[0]
    return Room.objects.select_related("session").filter(session__key=key, provider=NAME).first()
