"""Where a provider tells how many connections or tracks a person has, and not which.

The connections that webhooks told of keep their names; one that none told of gets a name of ours. Too many
are known: those of our naming have ended first, then those that lasted longest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from callboard.sessions.ports import PersonSeen
from callboard.workflows.reconcile_rooms.evidence import NOT_YET, Known
from callboard.workflows.reconcile_rooms.saying import (
    Said,
    came,
    left,
    micros,
    published,
    settled,
    unpublished,
)

COUNTED: Final = "seen-"
"""What the names that we give begin with."""


def people(known: Known, seen: list[PersonSeen], asked: int) -> Iterator[Said]:
    """Of those whose connections have no names: who came, and who is out of one."""
    counts = Counter(one.identity for one in seen if not one.connection)
    for who, count in counts.items():
        theirs = [connection for name, connection in known.inside() if name == who]
        for number in range(count - len(theirs)):
            joined = min(micros(one.joined_at) for one in seen if one.identity == who)
            if _settled(known, who, asked):
                yield came(known, who, f"{COUNTED}{who}-{asked}-{number}", joined, asked)
        lasting = sorted(theirs, key=lambda name: (not name.startswith(COUNTED), _began(known, who, name)))
        for connection in lasting[: len(theirs) - count]:
            if settled(known.connections[who, connection], asked):
                yield left(known, who, connection, asked)


def _settled(known: Known, who: str, asked: int) -> bool:
    return all(settled(one, asked) for (name, _), one in known.connections.items() if name == who)


def _began(known: Known, who: str, connection: str) -> int:
    return known.connections[who, connection].began


def tracks(known: Known, seen: list[PersonSeen], asked: int) -> Iterator[Said]:
    """Of those whose tracks have no names: whether they have one of a source. Muting is not told."""
    unnamed: dict[str, set[str]] = {}
    for one in seen:
        if not one.connection or any(not track.id for track in one.tracks):
            unnamed.setdefault(one.identity, set()).update(track.source for track in one.tracks)
    for who, sources in unnamed.items():
        open_ = known.open_tracks(who)
        if known.since(who) == NOT_YET and not _settled(known, who, asked):
            continue
        for name, track in open_.items():
            if track.source not in sources and settled(track, asked):
                yield unpublished(known, who, name, asked)
        theirs = [track for (name, _), track in known.tracks.items() if name == who]
        for source in sources - {track.source for track in open_.values()}:
            if all(settled(track, asked) for track in theirs if track.source == source):
                yield published(known, who, f"{COUNTED}{who}-{source}-{asked}", source, asked)
