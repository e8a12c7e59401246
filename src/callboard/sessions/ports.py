"""What sessions need from outside, and the fillings that need no outside at all.

| port | asked for | filled by |
|---|---|---|
| RoomProvider | a room, its end, its recorder; by name through `providers` | integrations, the simulator |
| PlanLog | each plan, in the transaction of its change, last of all | live |
| Promises | what each plan promises, in the same transaction | expectations |
| Strangers | how many are in a session's room of whom nobody knows what they agree to | cases |
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

CREATE_ROOM, END_ROOM, RECORD, POLL = "create_room", "end_room", "record", "poll"
ENTER, REMOVE, MESSAGE, HOLD, MOVE = "enter", "remove", "message", "hold", "move"
STOP_RECORD = "stop_record"
LISTEN = "listen"
"""Capabilities: what a provider can do. An action appears only where the provider has its capability.

`stop_record`: it records by itself what the booking says, and can at least be told not to (who can `record`
can that too); `enter`: it lets people in by what is made at the door; `hold`: strangers wait there; `move`: a
room can be replaced by one on another server, and those who are in follow; `listen`: our own recorder can be
let in.
"""


class ProviderFailed(Exception):
    """The provider did not do it. The words are fit to be shown: no names, no secrets."""


@dataclass(frozen=True)
class RoomOrder:
    """What a provider is told of a session. `key` is the session's, and makes asking twice asking once."""

    key: str
    starts_at: datetime
    ends_at: datetime
    people: int
    recording: bool


@dataclass(frozen=True)
class RoomInfo:
    """A room that stands. `region` and `node` say where, as far as the provider tells."""

    external_id: str
    url: str = ""
    region: str = ""
    node: str = ""


@dataclass(frozen=True)
class TrackSeen:
    """`source`: microphone, camera or screen."""

    id: str
    source: str
    muted: bool


@dataclass(frozen=True)
class PersonSeen:
    """Someone who is in by one connection. `hidden`: a helper of ours or theirs that nobody sees. `grade`:
    excellent, good, poor or lost, where the provider says no more of a connection than that.
    """

    identity: str
    connection: str
    joined_at: datetime
    tracks: tuple[TrackSeen, ...] = ()
    hidden: bool = False
    grade: str = ""


@dataclass(frozen=True)
class RecorderSeen:
    """One recorder's work. `status`: starting, running, stopped, failed, or complete (its file is there)."""

    recorder: str
    status: str
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    seconds: float | None = None
    bytes: int | None = None


@dataclass(frozen=True)
class RoomSeen:
    """What is in one room right now, as its provider says."""

    people: tuple[PersonSeen, ...] = ()
    recorders: tuple[RecorderSeen, ...] = ()


@dataclass(frozen=True)
class Visitor:
    """Who is to be let in. `identity` is the person's key; `until`: how long what opens the door is good."""

    identity: str
    name: str
    role: str
    until: datetime
    may_publish: bool = True


@dataclass(frozen=True)
class Entry:
    """What opens the door: a token for our classroom ("livekit", at `url`), or a link to follow ("link")."""

    kind: str
    url: str
    token: str = ""


@dataclass(frozen=True)
class Leave:
    """Leave to start one recorder in a room. Made by `sessions.operations.gate` alone, which asks everyone's
    consent; `request` makes asking twice asking once.
    """

    external_id: str
    request: str


class RoomProvider(Protocol):
    """Runs rooms. Each call may take seconds, is made outside any transaction, and may come twice.

    Asked for the same again, it answers the same and does nothing more: rooms go by the order's `key`,
    recorders by `request`. Raises ProviderFailed where trying again may help.
    """

    @property
    def capabilities(self) -> frozenset[str]: ...

    def create_room(self, session: RoomOrder) -> RoomInfo: ...

    def end_room(self, external_id: str) -> None:
        """Everyone is out and the room is gone; one that is gone already is no failure."""
        ...

    def start_recording(self, leave: Leave) -> str | None:
        """Answers the recorder's name in the evidence, where the provider tells it."""
        ...

    def stop_recording(self, external_id: str) -> None: ...

    def poll(self) -> Mapping[str, int]:
        """The rooms that stand, by external id, with how many people are in (hidden helpers left out)."""
        ...

    def look(self, external_id: str) -> RoomSeen:
        """Who and what is in a room; one that is gone is empty."""
        ...

    def enter(self, external_id: str, visitor: Visitor) -> Entry:
        """What lets one person into one room."""
        ...

    def remove(self, external_id: str, identity: str) -> None:
        """They are out, by whatever connection; one who is out already is no failure."""
        ...

    def message(self, external_id: str, text: str, to: str | None = None) -> None:
        """Shown to all who are in, or to one of them."""
        ...


class Unable:
    """Can do nothing: what a provider inherits for what it cannot."""

    capabilities: frozenset[str] = frozenset()

    def create_room(self, session: RoomOrder) -> RoomInfo:  # noqa: ARG002
        raise self._unable()

    def end_room(self, external_id: str) -> None:  # noqa: ARG002
        raise self._unable()

    def start_recording(self, leave: Leave) -> str | None:  # noqa: ARG002
        raise self._unable()

    def stop_recording(self, external_id: str) -> None:  # noqa: ARG002
        raise self._unable()

    def poll(self) -> Mapping[str, int]:
        raise self._unable()

    def look(self, external_id: str) -> RoomSeen:  # noqa: ARG002
        raise self._unable()

    def enter(self, external_id: str, visitor: Visitor) -> Entry:  # noqa: ARG002
        raise self._unable()

    def remove(self, external_id: str, identity: str) -> None:  # noqa: ARG002
        raise self._unable()

    def message(self, external_id: str, text: str, to: str | None = None) -> None:  # noqa: ARG002
        raise self._unable()

    @staticmethod
    def _unable() -> ProviderFailed:
        return ProviderFailed("This provider cannot do that.")


class MemoryProvider(Unable):
    """Rooms in this process's memory, ready at once: the filling that needs no outside."""

    capabilities = frozenset({CREATE_ROOM, END_ROOM, RECORD, POLL})

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.rooms: dict[str, RoomInfo] = {}
        self.recorders: dict[str, set[str]] = {}

    def create_room(self, session: RoomOrder) -> RoomInfo:
        with self._lock:
            if session.key not in self.rooms:
                self.rooms[session.key] = RoomInfo(external_id=f"room-{secrets.token_hex(6)}")
            return self.rooms[session.key]

    def end_room(self, external_id: str) -> None:
        with self._lock:
            self.rooms = {key: room for key, room in self.rooms.items() if room.external_id != external_id}
            self.recorders.pop(external_id, None)

    def start_recording(self, leave: Leave) -> str | None:
        with self._lock:
            self.recorders.setdefault(leave.external_id, set()).add(leave.request)
        return None

    def stop_recording(self, external_id: str) -> None:
        with self._lock:
            self.recorders.pop(external_id, None)

    def poll(self) -> Mapping[str, int]:
        with self._lock:
            return {room.external_id: 0 for room in self.rooms.values()}


@dataclass(frozen=True)
class ServerSettings:
    """One server of an organization, as its provider's filling needs it. `values`: settings, secrets opened.

    `slug` is the node that plans and incidents name.
    """

    organization: int
    id: int
    slug: str
    region: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class _Kind:
    capabilities: frozenset[str]
    open: Callable[[ServerSettings], RoomProvider]


class Providers:
    """The providers of this installation, by name: one that needs no server, or a kind whose servers each
    organization sets up for itself.
    """

    def __init__(self) -> None:
        self._known: dict[str, RoomProvider] = {}
        self._kinds: dict[str, _Kind] = {}

    def register(self, name: str, provider: RoomProvider) -> None:
        """Fill the port under a name; the same name again replaces it."""
        self._known[name] = provider

    def register_kind(
        self, name: str, capabilities: frozenset[str], opening: Callable[[ServerSettings], RoomProvider]
    ) -> None:
        """A kind of server. `opening` makes a filling of one server's settings, and asks it nothing."""
        self._kinds[name] = _Kind(capabilities, opening)

    def get(self, name: str) -> RoomProvider | None:
        """The filling that needs no server; None where there is none."""
        return self._known.get(name)

    def of(self, name: str, server: ServerSettings | None) -> RoomProvider | None:
        """The filling for one server, or the one that needs none. None for what is not set up here: its rooms
        are somebody else's care.
        """
        kind = self._kinds.get(name)
        if kind is not None and server is not None:
            return kind.open(server)
        return self._known.get(name)

    def can(self, name: str, capability: str) -> bool:
        kind = self._kinds.get(name)
        if kind is not None:
            return capability in kind.capabilities
        provider = self._known.get(name)
        return provider is not None and capability in provider.capabilities

    def has_servers(self, name: str) -> bool:
        return name in self._kinds

    def names(self) -> tuple[str, ...]:
        return (*self._kinds, *(name for name in self._known if name not in self._kinds))


providers = Providers()

Planned = tuple[Any, Iterable[Any], Any]
"""A plan as it now stands: (Session, its Participants with `.person` loaded, its Room or None), as in models.

Untyped, since a port stands below the tables."""


class PlanLog(Protocol):
    """Keeps every plan as evidence. Called last in the transaction of the change."""

    def write_plans(self, plans: Sequence[Planned]) -> None: ...

    def write_cancelled(self, session: Any) -> None: ...


class Promises(Protocol):
    """Writes down what plans promise. Called in the transaction of the change; again is the same."""

    def derive(self, plans: Sequence[Planned]) -> None: ...

    def waive(self, session: Any) -> None:
        """Nothing is promised any more."""
        ...


class Strangers(Protocol):
    """Knows who is in a room and on no list: nobody has asked them."""

    def count(self, session: Any) -> int: ...


class NoPlanLog:
    """Keeps nothing."""

    def write_plans(self, plans: Sequence[Planned]) -> None:
        pass

    def write_cancelled(self, session: Any) -> None:
        pass


class NoPromises:
    """Promises nothing."""

    def derive(self, plans: Sequence[Planned]) -> None:
        pass

    def waive(self, session: Any) -> None:
        pass


class NoStrangers:
    """Sees nobody."""

    def count(self, session: Any) -> int:  # noqa: ARG002
        return 0


@dataclass
class _Filled:
    plan_log: PlanLog
    promises: Promises
    strangers: Strangers


filled = _Filled(NoPlanLog(), NoPromises(), NoStrangers())
"""What the ports are filled with: `filled.plan_log` and so on. Set by wiring, once."""
