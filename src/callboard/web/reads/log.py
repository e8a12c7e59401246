"""A session's events as they were seen: each once, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from callboard.live.models import Event

TELLING = (
    "room.ready",
    "room.started",
    "room.ended",
    "participant.joined",
    "participant.left",
    "recording.started",
    "recording.stopped",
    "recording.failed",
    "recording.file",
)
"""The kinds that a person would tell of; the rest is measured, not told."""


@dataclass(frozen=True)
class Seen:
    id: str
    kind: str
    participant: str
    at: datetime
    received_at: datetime
    data: dict[str, Any]


def events(session: str, kinds: Iterable[str] | None = None, ids: Iterable[str] | None = None) -> list[Seen]:
    """Events of one session by its key; only of some kinds, or only those named, where asked."""
    rows = Event.objects.filter(session=session)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    if ids is not None:
        rows = rows.filter(event_id__in=list(ids))
    return seen(
        rows.order_by("seq").values_list("event_id", "kind", "participant", "at", "received_at", "data")
    )


def seen(rows: Iterable[tuple[Any, ...]]) -> list[Seen]:
    """From rows of (id, kind, participant, at, received_at, data) as they were written."""
    found: dict[str, Seen] = {}
    for event_id, kind, participant, at, received_at, data in rows:
        if event_id not in found:
            found[event_id] = Seen(event_id, kind, participant or "", at, received_at, _decoded(data))
    return sorted(found.values(), key=lambda seen: seen.at)


def _decoded(data: str) -> dict[str, Any]:
    try:
        decoded = msgspec.json.decode(data)
    except msgspec.DecodeError:
        return {}
    return decoded if isinstance(decoded, dict) else {}


def presence(seen: list[Seen]) -> dict[str, list[tuple[datetime, datetime | None]]]:
    """When each identity was in, as spans, the last open while they are. Joins and leaves alone say so."""
    spans: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for event in seen:
        if event.kind == "participant.joined":
            mine = spans.setdefault(event.participant, [])
            if not mine or mine[-1][1] is not None:
                mine.append((event.at, None))
        elif event.kind == "participant.left":
            mine = spans.get(event.participant, [])
            if mine and mine[-1][1] is None:
                mine[-1] = (mine[-1][0], event.at)
        elif event.kind == "room.ended":
            for mine in spans.values():
                if mine and mine[-1][1] is None:
                    mine[-1] = (mine[-1][0], event.at)
    return spans
