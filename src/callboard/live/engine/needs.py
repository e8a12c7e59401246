"""Which rules need which evidence, so that a backtest of one rule can pass over the rest."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

RECORDING_KINDS: Final = frozenset(
    {"recording_not_started", "recording_stalled", "recording_missing", "recording_bad"}
)

_NEEDED_BY: Final[dict[str, Collection[str]]] = {
    "connection.report": {"bad_connection", "inaudible"},
    "speech": {"inaudible"},
    "track.published": {"inaudible"},
    "track.unpublished": {"inaudible"},
    "track.muted": {"inaudible"},
    "track.unmuted": {"inaudible"},
    "provider.polled": {"provider_quiet"},
    **dict.fromkeys(
        (f"recording.{what}" for what in ("started", "progress", "stopped", "failed", "file")),
        RECORDING_KINDS,
    ),
}


def needless(kinds: frozenset[str] | None) -> frozenset[str]:
    """The kinds of event that no rule of these needs."""
    if kinds is None:
        return frozenset()
    return frozenset(event for event, needed_by in _NEEDED_BY.items() if kinds.isdisjoint(needed_by))
