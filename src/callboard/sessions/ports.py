"""What sessions need from outside, and the fillings that need no outside at all.

| port | asked for | filled by |
|---|---|---|
| RoomProvider | a room, its end, its recorder; by name through `providers` | integrations, the simulator |
| PlanLog | each plan, in the transaction of its change, last of all | live |
| Promises | what each plan promises, in the same transaction | expectations |
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

CREATE_ROOM, END_ROOM, RECORD, POLL = "create_room", "end_room", "record", "poll"
"""Capabilities: what a provider can do. An action appears only where the provider has its capability."""


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

    def start_recording(self, external_id: str, request: str) -> None: ...

    def stop_recording(self, external_id: str) -> None: ...

    def poll(self) -> Mapping[str, int]:
        """The rooms that stand, by external id, with how many people are in."""
        ...


class MemoryProvider:
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

    def start_recording(self, external_id: str, request: str) -> None:
        with self._lock:
            self.recorders.setdefault(external_id, set()).add(request)

    def stop_recording(self, external_id: str) -> None:
        with self._lock:
            self.recorders.pop(external_id, None)

    def poll(self) -> Mapping[str, int]:
        with self._lock:
            return {room.external_id: 0 for room in self.rooms.values()}


class Providers:
    """The providers of this installation, by name."""

    def __init__(self) -> None:
        self._known: dict[str, RoomProvider] = {}

    def register(self, name: str, provider: RoomProvider) -> None:
        """Fill the port under a name; the same name again replaces it."""
        self._known[name] = provider

    def get(self, name: str) -> RoomProvider | None:
        """None for one that is not set up here: its rooms are somebody else's care."""
        return self._known.get(name)

    def can(self, name: str, capability: str) -> bool:
        provider = self._known.get(name)
        return provider is not None and capability in provider.capabilities

    def names(self) -> tuple[str, ...]:
        return tuple(self._known)


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


@dataclass
class _Filled:
    plan_log: PlanLog
    promises: Promises


filled = _Filled(NoPlanLog(), NoPromises())
"""What the ports are filled with: `filled.plan_log`, `filled.promises`. Set by wiring, once."""
