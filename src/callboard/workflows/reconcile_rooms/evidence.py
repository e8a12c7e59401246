"""What our evidence says of one room: who is in by which connection, their tracks, the recorders.

Folded from the log's lines in whatever order they came, by the engine's own rules: someone is in while any
of their connections is open; a leave that names no connection takes them out wholly; the room's end takes
out everyone. Times in microseconds since 1970, -1 where something has not been.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

import msgspec

NOT_YET: Final = -1

KINDS: Final = (
    "room.started", "room.ended", "participant.joined", "participant.left",
    "track.published", "track.unpublished", "track.muted", "track.unmuted",
    "recording.started", "recording.progress", "recording.stopped", "recording.failed", "recording.file",
)  # fmt: skip
"""The kinds of evidence that say who and what is in a room."""

SAME_INSTANT: Final = 1_000_000
"""Providers give some times in whole seconds: a join within one of its connection's leave came before it."""

OURS: Final = "rec_"
"""What the identities and names of our own recorders begin with: a provider knows nothing of them."""


class _Data(msgspec.Struct):
    connection: str | None = None
    source: str = "microphone"
    recorder: str = ""
    seconds: float | None = None


_decode = msgspec.json.Decoder(_Data).decode


@dataclass
class Stretch:
    """When something last began and last ended; begun and ended at once, it is open. `heard`: when we were
    last told of it, by our own clock.
    """

    began: int = NOT_YET
    ended: int = NOT_YET
    heard: int = NOT_YET

    @property
    def open(self) -> bool:
        return self.began > NOT_YET and self.began >= self.ended


@dataclass
class Track(Stretch):
    """A published track. `muted` and `unmuted`: when it last became so."""

    source: str = "microphone"
    muted: int = NOT_YET
    unmuted: int = NOT_YET

    @property
    def is_muted(self) -> bool:
        return self.muted > max(self.unmuted, NOT_YET) and self.muted >= self.began


@dataclass
class Recorder(Stretch):
    """A recorder's work, the most seconds that it told of, and whether its file is there."""

    seconds: float = 0.0
    file: bool = False


@dataclass
class Known:
    """See the module. `position`: up to where the log has been read."""

    position: int = 0
    ids: set[str] = field(default_factory=set)
    started: int = NOT_YET
    ended: int = NOT_YET
    heard: int = NOT_YET
    connections: dict[tuple[str, str], Stretch] = field(default_factory=lambda: defaultdict(Stretch))
    gone: dict[str, int] = field(default_factory=dict)
    tracks: dict[tuple[str, str], Track] = field(default_factory=lambda: defaultdict(Track))
    recorders: dict[str, Recorder] = field(default_factory=lambda: defaultdict(Recorder))

    def take(
        self, id: str, kind: str, at: int, participant: str | None, data: str | bytes, received: int = NOT_YET
    ) -> None:
        """One line of KINDS, received when. Data that cannot be read says nothing."""
        if id in self.ids:
            return
        self.ids.add(id)
        try:
            said = _decode(data or b"{}")
        except msgspec.DecodeError:
            return
        subject, _, what = kind.partition(".")
        one: Stretch | None = None
        if subject == "participant" and participant is not None:
            one = self._person(participant, what, at, said.connection)
        elif subject == "track" and participant is not None:
            one = self._track(participant, track_of(id, what), what, at, said.source)
        elif subject == "recording":
            one = self._recorder(said.recorder, what, at, said.seconds)
        elif kind == "room.started":
            self.started = max(self.started, at)
        elif kind == "room.ended":
            self.ended, self.heard = max(self.ended, at), max(self.heard, received)
        if one is not None:
            one.heard = max(one.heard, received)

    def _person(self, who: str, what: str, at: int, connection: str | None) -> Stretch:
        one = self.connections[who, connection or ""]
        if what == "joined":
            one.began = max(one.began, at)
        elif connection:
            one.ended = max(one.ended, at)
        else:
            self.gone[who] = max(at, self.gone.get(who, NOT_YET))
        return one

    def _track(self, who: str, name: str, what: str, at: int, source: str) -> Stretch:
        one = self.tracks[who, name]
        one.source = source
        if what == "unpublished":
            one.ended = max(one.ended, at)
        else:  # what is muted or unmuted is there: the engine takes it so
            one.began = max(one.began, at)
        if what == "muted":
            one.muted = max(one.muted, at)
        elif what == "unmuted":
            one.unmuted = max(one.unmuted, at)
        return one

    def _recorder(self, name: str, what: str, at: int, seconds: float | None) -> Stretch:
        one = self.recorders[name]
        if what == "started":
            one.began = max(one.began, at)
        elif what == "progress":
            if (seconds or 0.0) > one.seconds and (one.began == NOT_YET or at > one.ended > NOT_YET):
                one.began = max(one.began, at)
            one.seconds = max(one.seconds, seconds or 0.0)
        elif what == "file":
            one.file = True
        else:
            one.ended = max(one.ended, at)
        return one

    # -- what follows

    def closed_at(self, who: str, connection: str) -> int:
        """Since when this connection is not one any more, were it open before."""
        one = self.connections.get((who, connection))
        named = NOT_YET if one is None else one.ended
        return max(named, self.gone.get(who, NOT_YET), self.ended)

    def back_from(self, who: str, connection: str) -> int:
        """The first moment at which a join by this connection counts again."""
        closed = self.closed_at(who, connection)
        return closed if closed == NOT_YET else closed + (SAME_INSTANT if connection else 1)

    def is_in(self, who: str, connection: str) -> bool:
        one = self.connections.get((who, connection))
        return one is not None and one.began > NOT_YET and one.began >= self.back_from(who, connection)

    def inside(self) -> list[tuple[str, str]]:
        """Who is in, by which connection ("" for one that has no name)."""
        return [key for key in self.connections if self.is_in(*key)]

    def since(self, who: str) -> int:
        """Since when they have been in without a break; NOT_YET where they are not."""
        spans = sorted(
            (
                one.began,
                _FOREVER if self.is_in(name, connection) else self.closed_at(who, connection),
            )
            for (name, connection), one in self.connections.items()
            if name == who and one.began > NOT_YET
        )
        start, until = NOT_YET, NOT_YET
        for began, closed in spans:
            if until != NOT_YET and began > until:
                start = began
            start = began if start == NOT_YET else start
            until = max(until, closed)
        return start if until == _FOREVER else NOT_YET

    def open_tracks(self, who: str) -> dict[str, Track]:
        """Their tracks, by name. Whoever was out in between has none of those from before, and to the engine
        the end of one microphone is the end of theirs.
        """
        since = self.since(who)
        if since == NOT_YET:
            return {}
        mine = {name: track for (owner, name), track in self.tracks.items() if owner == who}
        silenced = max((one.ended for one in mine.values() if one.source == "microphone"), default=NOT_YET)
        return {
            name: track
            for name, track in mine.items()
            if name and track.open and track.began >= since
            and (track.source != "microphone" or track.began > silenced)
        }  # fmt: skip

    @property
    def is_over(self) -> bool:
        """The room has ended, and has not been started anew."""
        return self.ended > NOT_YET and self.ended >= self.started

    @property
    def has_begun(self) -> bool:
        """Someone has been in, or the room has said so, since it last ended."""
        return max([self.started, *(one.began for one in self.connections.values())]) > self.ended

    def awaited(self) -> list[str]:
        """The recorders that are the provider's, ran, and have no file yet."""
        return [
            name
            for name, one in self.recorders.items()
            if name and not name.startswith(OURS) and one.began > NOT_YET and not one.file
        ]

    def running(self) -> list[str]:
        """The recorders that run."""
        return [name for name, one in self.recorders.items() if one.open]

    def fresh(self, id: str, at: int) -> str:
        """An id that says something new: the usual one, shared with webhooks, or, spent already, another."""
        return f"{id}-{at}" if id in self.ids else id


_FOREVER: Final = 1 << 62


def track_of(id: str, what: str) -> str:
    """The track that an event's id names (`track-<name>-published`, `track-<name>-muted-…`); "" for none."""
    if not id.startswith("track-"):
        return ""
    name, found, _ = id.removeprefix("track-").rpartition(f"-{what}")
    return name if found else ""
