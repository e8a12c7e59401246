"""Sees to it that a server's webhooks come to us. It forgets hooks that failed for some minutes, and is told
of ours again every five.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

from django.conf import settings
from django.urls import reverse

from callboard.integrations.bigbluebutton.api import Address, ask
from callboard.lib import signing
from callboard.sessions.ports import ProviderFailed

EVERY: Final = 300.0  # seconds

EVENTS: Final = (
    "meeting-created", "meeting-ended", "meeting-recording-started", "meeting-recording-stopped",
    "meeting-screenshare-started", "meeting-screenshare-stopped", "user-joined", "user-left",
    "user-audio-voice-enabled", "user-audio-voice-disabled", "user-audio-muted", "user-audio-unmuted",
    "user-cam-broadcast-start", "user-cam-broadcast-end", "user-emoji-changed", "user-raise-hand-changed",
    "chat-group-message-sent", "rap-publish-ended",
)  # fmt: skip
"""What we want to hear of. Chat comes with its words, which are dropped at the door."""

_told_at: dict[tuple[str, int], float] = {}


def callback(organization: int, server: int) -> str:
    """Where a server's webhooks come to: the address that its checksums are made of, to the letter."""
    token = signing.sign("server-hook", str(organization), server)
    return settings.BASE_URL.rstrip("/") + reverse("bigbluebutton-hook", args=[token])


def keep(address: Address, organization: int, server: int) -> None:
    """Register our hook, unless that was done a while ago. A server that has no webhooks is polled alone."""
    key = (address.url, server)
    now = time.monotonic()
    if now - _told_at.get(key, float("-inf")) < EVERY:
        return
    _told_at[key] = now
    with suppress(ProviderFailed):
        ask(
            address,
            "hooks/create",
            callbackURL=callback(organization, server),
            eventID=",".join(EVENTS),
            getRaw="false",
        )
