"""A provider in memory and in virtual time, a webhook channel that lies, and the real engine at its end."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from callboard.live.engine.events import LogEvent, decode_data
from callboard.live.engine.world import World
from callboard.live.log import Line, MemoryLog
from callboard.sessions.ports import PersonSeen, ProviderFailed, RecorderSeen, RoomSeen, TrackSeen, Unable
from callboard.workflows.reconcile_rooms.choosing import Watched
from callboard.workflows.reconcile_rooms.differences import Said
from callboard.workflows.reconcile_rooms.evidence import KINDS, Known

SECOND = 1_000_000
START = 1_772_467_200
T = TypeVar("T")
Inside = dict[str, dict[str, PersonSeen]]
Recorders = dict[str, dict[str, RecorderSeen]]


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class Directly:
    """Asks at once, in this thread."""

    def ask(self, call: Callable[[], T], within: float) -> T:
        return call()

    def ask_each(self, calls: Sequence[Callable[[], T]], within: float) -> list[T | None]:
        return [self._one(call) for call in calls]

    @staticmethod
    def _one(call: Callable[[], T]) -> T | None:
        try:
            return call()
        except ProviderFailed:
            return None

    def close(self) -> None:
        pass


class Rooms(Unable):
    """Rooms that people come into and leave; each happening is told to `tell` as a webhook would be."""

    def __init__(self, tell: Callable[[str, Said], None]) -> None:
        self.rooms: dict[str, dict[str, PersonSeen]] = {}
        self.recorders: dict[str, dict[str, RecorderSeen]] = {}
        self.answers = True
        self.now: float = START
        self.asked = 0
        self.behind = 0.0  # seconds that an answer is old
        self.nameless = False  # it tells how often somebody is in, and not by which connection
        self._past: list[tuple[float, Inside, Recorders]] = []
        self._tell = tell
        self._number = 0

    # -- what the watch asks

    def poll(self) -> Mapping[str, int]:
        if not self.answers:
            raise ProviderFailed("Nobody answers.")
        self.asked += 1
        return {name: len(people) for name, people in self._as_told()[0].items()}

    def look(self, external_id: str) -> RoomSeen:
        if not self.answers:
            raise ProviderFailed("Nobody answers.")
        self.asked += 1
        rooms, recorders = self._as_told()
        people = list(rooms.get(external_id, {}).values())
        if self.nameless:
            people = [
                replace(
                    one,
                    connection="",
                    joined_at=moment(self.now),
                    tracks=tuple(replace(track, id="", muted=False) for track in one.tracks),
                )
                for one in people
            ]
        return RoomSeen(tuple(people), tuple(recorders.get(external_id, {}).values()))

    def remember(self) -> None:
        """Called each second by who wants answers that are behind."""
        self._past.append((self.now, _copy(self.rooms), _copy(self.recorders)))
        del self._past[:-20]

    def _as_told(self) -> tuple[Inside, Recorders]:
        for at, rooms, recorders in reversed(self._past):
            if at <= self.now - self.behind:
                return rooms, recorders
        return self.rooms, self.recorders

    # -- what people do

    def _new(self, prefix: str) -> str:
        self._number += 1
        return f"{prefix}_{self._number}"

    def _said(self, room: str, id: str, kind: str, who: str | None = None, **data: Any) -> None:
        self._tell(room, Said(id, kind, round(self.now * SECOND), who, data))

    def open(self, room: str) -> None:
        self.rooms[room] = {}

    def join(self, room: str, who: str) -> str:
        connection = self._new("PA")
        self.rooms[room][connection] = PersonSeen(who, connection, moment(self.now))
        self._said(room, f"join-{connection}", "participant.joined", who, connection=connection)
        return connection

    def leave(self, room: str, connection: str) -> None:
        gone = self.rooms[room].pop(connection)
        for track in gone.tracks:
            self._said(room, f"track-{track.id}-unpublished", "track.unpublished", gone.identity,
                       source=track.source)  # fmt: skip
        self._said(room, f"left-{connection}", "participant.left", gone.identity, connection=connection)

    def publish(self, room: str, connection: str) -> None:
        one = self.rooms[room][connection]
        track = TrackSeen(self._new("TR"), "microphone", False)
        self.rooms[room][connection] = replace(one, tracks=(track,))
        self._said(room, f"track-{track.id}-published", "track.published", one.identity, source="microphone")

    def unpublish(self, room: str, connection: str) -> None:
        one = self.rooms[room][connection]
        self.rooms[room][connection] = replace(one, tracks=())
        for track in one.tracks:
            self._said(room, f"track-{track.id}-unpublished", "track.unpublished", one.identity,
                       source=track.source)  # fmt: skip

    def mute(self, room: str, connection: str) -> None:
        """Providers tell of it only when they are asked."""
        one = self.rooms[room][connection]
        tracks = tuple(replace(track, muted=not track.muted) for track in one.tracks)
        self.rooms[room][connection] = replace(one, tracks=tracks)

    def record(self, room: str) -> None:
        name = self._new("EG")
        self.recorders.setdefault(room, {})[name] = RecorderSeen(name, "running", moment(self.now))
        self._said(room, f"rec-{name}-started", "recording.started", None, recorder=name)

    def stop(self, room: str, how: str = "complete") -> None:
        for name, one in self.recorders.get(room, {}).items():
            if one.status == "running":
                self.recorders[room][name] = replace(one, status=how, stopped_at=moment(self.now))
                word = "failed" if how == "failed" else "stopped"
                self._said(room, f"rec-{name}-{word}", f"recording.{word}", None, recorder=name)


def _copy(of: dict[str, dict[str, T]]) -> dict[str, dict[str, T]]:
    return {name: dict(each) for name, each in of.items()}


@dataclass
class Channel:
    """Webhooks on their way: lost, doubled, held up, and in a stretch of silence all lost."""

    rng: random.Random
    lost: float = 0.05
    doubled: float = 0.05
    late: float = 30.0
    silent: tuple[float, float] = (0.0, 0.0)
    waiting: list[tuple[float, int, str, Said]] = field(default_factory=list)
    _count: int = 0

    def send(self, now: float, room: str, said: Said) -> None:
        if self.silent[0] <= now < self.silent[1] or self.rng.random() < self.lost:
            return
        for _ in range(1 + (self.rng.random() < self.doubled)):
            self._count += 1
            held = self.rng.uniform(0, self.late) if self.rng.random() < 0.3 else self.rng.uniform(0, 0.5)
            self.waiting.append((now + held, self._count, room, said))

    def arrived(self, now: float) -> list[tuple[str, Said]]:
        due = sorted(one for one in self.waiting if one[0] <= now)
        self.waiting = [one for one in self.waiting if one[0] > now]
        return [(room, said) for _, _, room, said in due]


class Evidence:
    """The log in memory and the engine behind it; fills `watching.Books`. Rooms are named as sessions."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.world = World(lambda _: None, judge_quiet=False)
        self.watched: list[Watched] = []
        self.now: float = START
        self.polls: list[int] = []
        self.lost: list[str] = []
        self.back = 0

    def take(self, session: str, said: Said) -> None:
        data = msgspec.json.encode(said.data).decode()
        now = round(self.now * SECOND)
        self.log.append([Line(0, session, said.id, said.kind, said.at, now, said.participant, data)])
        typed = decode_data(said.kind, data.encode())
        self.world.arrive(LogEvent(0, session, said.id, said.kind, said.at, said.participant, typed), now)

    def rooms(self) -> Sequence[Watched]:
        return self.watched

    def catch_up(self, rooms: Sequence[Watched], known: dict[str, Known]) -> None:
        for room in rooms:
            mine = known.setdefault(room.session, Known())
            for stored in self.log.of_session(0, room.session):
                line = stored.line
                if stored.position > mine.position and line.kind in KINDS:
                    mine.take(line.id, line.kind, line.at, line.participant, line.data, line.received_at)
                mine.position = max(mine.position, stored.position)

    def write(self, said: Mapping[Watched, Sequence[Said]]) -> None:
        for room, found in said.items():
            for one in found:
                self.take(room.session, one)

    def polled(self, at: int) -> None:
        self.polls.append(at)

    def went_down(self, at: int, rooms: Sequence[Watched]) -> None:
        self.lost = [room.session for room in rooms]

    def came_back(self, at: int) -> None:
        self.back = at
