"""What LiveKit is called, what it can do, and what became of its webhooks: loads nothing of LiveKit's."""

from __future__ import annotations

from collections import Counter
from typing import Final

from callboard.sessions.ports import (
    CREATE_ROOM,
    END_ROOM,
    ENTER,
    HOLD,
    LISTEN,
    MESSAGE,
    MOVE,
    POLL,
    RECORD,
    REMOVE,
)

NAME: Final = "livekit"
CAPABILITIES: Final = frozenset(
    {CREATE_ROOM, END_ROOM, RECORD, POLL, ENTER, REMOVE, MESSAGE, HOLD, MOVE, LISTEN}
)

outcomes: Counter[str] = Counter()
"""What became of the webhooks that this process received: used, of_no_use, unreadable, forged, unknown (the
address names no server), failed (it could not be kept).
"""
