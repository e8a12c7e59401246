"""Which rules need which evidence, so that a backtest of one rule can pass over the rest."""

from __future__ import annotations

from typing import Final

_NEEDED_BY: Final = {
    "connection.report": {"bad_connection", "inaudible"},
    "speech": {"inaudible"},
    "track.published": {"inaudible"},
    "track.unpublished": {"inaudible"},
    "track.muted": {"inaudible"},
    "track.unmuted": {"inaudible"},
    "provider.polled": {"provider_quiet"},
    **{
        f"recording.{what}": {
            "recording_not_started", "recording_stalled", "recording_missing", "recording_bad"
        }
        for what in ("started", "progress", "stopped", "failed", "file")
    },
}  # fmt: skip


def needless(kinds: frozenset[str] | None) -> frozenset[str]:
    """The kinds of event that no rule of these needs."""
    if kinds is None:
        return frozenset()
    return frozenset(event for event, needed_by in _NEEDED_BY.items() if not needed_by & kinds)
