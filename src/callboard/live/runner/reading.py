"""From a line of the log to the engine's event."""

from __future__ import annotations

import logging

from callboard.live.engine.events import BadEvent, LogEvent, decode_data
from callboard.live.log.lines import Stored

log = logging.getLogger(__name__)

NOT_JUDGED = frozenset({"clock"})
"""Kinds that say how far time is in a file; here the engine has a clock of its own."""


def event_of(stored: Stored) -> LogEvent | None:
    """The event; None for what has nothing to say here, or cannot be read any more."""
    line = stored.line
    if line.kind in NOT_JUDGED:
        return None
    try:
        data = decode_data(line.kind, line.data.encode())
    except BadEvent as error:
        log.warning("line %s of the log cannot be read: %s", stored.position, error.code)
        return None
    return LogEvent(
        line.organization, line.session, line.id, line.kind, line.at, line.participant, data, line.received_at
    )
