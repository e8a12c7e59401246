"""What lets a person into a room: a token for one room, one person and a few minutes, with what they may do.

LiveKit refreshes it while they are in. Nobody enters a room of LiveKit's but by such a token, so that
strangers are held at our own door.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

from livekit.api import AccessToken, RoomConfiguration, VideoGrants

from callboard.integrations.livekit.api import Address
from callboard.lib import clock
from callboard.sessions.ports import Entry, Visitor

SOURCES = ["camera", "microphone", "screen_share", "screen_share_audio"]
RECORDER = "recorder"
"""The role of a helper of ours that hears and sees all, and that nobody sees."""
HELPERS = "rec_"
"""How the identities of such helpers begin."""
STANDS_EMPTY = timedelta(minutes=30)
"""How long a room stands without anybody: one that a server lost is made anew by whoever enters."""


def entry(address: Address, room: str, visitor: Visitor) -> Entry:
    """The token, and where to bring it."""
    lasts = max(visitor.until - clock.now(), timedelta(seconds=1))
    empty = int(STANDS_EMPTY.total_seconds())
    token = (
        AccessToken(address.key, address.secret)
        .with_identity(visitor.identity)
        .with_name(visitor.name)
        .with_ttl(lasts)
        .with_grants(_grants(room, visitor))
        .with_room_config(RoomConfiguration(name=room, empty_timeout=empty, departure_timeout=empty))
    )
    return Entry("livekit", socket_url(address.url), token.to_jwt())


def _grants(room: str, visitor: Visitor) -> VideoGrants:
    if visitor.role == RECORDER:
        return VideoGrants(
            room_join=True, room=room, hidden=True, recorder=True, can_publish=False, can_publish_data=False
        )
    return VideoGrants(
        room_join=True,
        room=room,
        can_publish=visitor.may_publish,
        can_publish_sources=SOURCES if visitor.may_publish else None,
        can_publish_data=visitor.may_publish,
        can_subscribe=True,
        can_update_own_metadata=False,  # it would let them change their name
    )


def socket_url(url: str) -> str:
    """The server's address as its clients want it: ws or wss."""
    parts = urlsplit(url)
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    return urlunsplit(parts._replace(scheme=scheme))
