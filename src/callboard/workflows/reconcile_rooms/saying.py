"""Evidence as it is written: its shape, and how each thing that was seen is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from callboard.workflows.reconcile_rooms.evidence import Known, Stretch

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SETTLES: Final = 10_000_000  # how old a provider's answer may be, in microseconds


@dataclass(frozen=True)
class Said:
    """One piece of evidence to be written. `at` in microseconds since 1970."""

    id: str
    kind: str
    at: int
    participant: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


def micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def settled(one: Stretch | None, asked: int) -> bool:
    """Whether we were last told of it so long ago that the provider's answer counts for more."""
    return one is None or one.heard <= asked - SETTLES


def came(known: Known, who: str, connection: str, joined: int, asked: int) -> Said:
    """That they are in by this connection, since they joined or at least from now on."""
    back = known.back_from(who, connection)
    at = min(joined, asked)
    if at < back:
        at = max(asked, back)
    data = {"connection": connection}
    return Said(known.fresh(f"join-{connection}", asked), "participant.joined", at, who, data)


def left(known: Known, who: str, connection: str, asked: int) -> Said:
    """That they are out of this connection, or, where it has no name, wholly."""
    at = max(asked, known.connections[who, connection].began + 1)
    if not connection:
        return Said(f"left-{who}-{asked}", "participant.left", at, who)
    data = {"connection": connection}
    return Said(known.fresh(f"left-{connection}", asked), "participant.left", at, who, data)


def published(known: Known, who: str, name: str, source: str, asked: int) -> Said:
    """That a track of theirs is open."""
    was = known.tracks.get((who, name))
    at = asked if was is None else max(asked, was.ended + 1)
    id_ = known.fresh(f"track-{name}-published", asked)
    return Said(id_, "track.published", at, who, {"source": source})


def unpublished(known: Known, who: str, name: str, asked: int) -> Said:
    """That a track is closed: a moment before what is published now, since another may be open."""
    track = known.tracks[who, name]
    id_ = known.fresh(f"track-{name}-unpublished", asked)
    return Said(id_, "track.unpublished", max(asked - 1, track.began + 1), who, {"source": track.source})


def stopped(known: Known, name: str, how: str, at: int, asked: int) -> Said:
    """That a recorder has stopped, or failed (`how`)."""
    was = known.recorders.get(name)
    at = at if was is None else max(at, was.began + 1)
    return Said(known.fresh(f"rec-{name}-{how}", asked), f"recording.{how}", at, None, {"recorder": name})
