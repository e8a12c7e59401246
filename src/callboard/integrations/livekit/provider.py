"""Fills `sessions.ports.RoomProvider` for one LiveKit server.

A room's external id is its order's key, so that asking twice is asking once, and a webhook names its session.
What LiveKit keeps of a room holds no names: those are in the tokens of who enters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from livekit.api import (
    CreateRoomRequest,
    DataPacket,
    DeleteRoomRequest,
    ListParticipantsRequest,
    ListRoomsRequest,
    LiveKitAPI,
    RoomParticipantIdentity,
    SendDataRequest,
)

from callboard.integrations.livekit import door, egress, recorders, seen
from callboard.integrations.livekit.about import CAPABILITIES
from callboard.integrations.livekit.api import Address, NotThere, ask
from callboard.lib import clock
from callboard.sessions.ports import (
    RECORD,
    Entry,
    Leave,
    RoomInfo,
    RoomOrder,
    RoomSeen,
    ServerSettings,
    Visitor,
)

LINGER = timedelta(minutes=30)
"""A room stands so long after its planned end, and so long after the last has left."""
TOPIC = "callboard.message"
"""The topic of a data message that the classroom shows to people: {"text", "at"}."""

T = TypeVar("T")


class LiveKitRooms:
    """The rooms of one server."""

    def __init__(self, server: ServerSettings) -> None:
        self._server = server
        self.address = address_of(server.values)

    @property
    def capabilities(self) -> frozenset[str]:
        """RECORD only where LiveKit's egress service runs beside the server."""
        return CAPABILITIES if self._has_egress else CAPABILITIES - {RECORD}

    def create_room(self, session: RoomOrder) -> RoomInfo:
        """The room, empty until somebody comes. One that stands already stays as it is."""
        empty = max(session.ends_at + LINGER - clock.now(), LINGER)
        wanted = CreateRoomRequest(
            name=session.key,
            empty_timeout=int(empty.total_seconds()),
            departure_timeout=int(LINGER.total_seconds()),
        )
        self._ask(lambda api: api.room.create_room(wanted))
        url = door.socket_url(self.address.url)
        return RoomInfo(session.key, url, self._server.region, self._server.slug)

    def end_room(self, external_id: str) -> None:
        self._if_there(lambda api: api.room.delete_room(DeleteRoomRequest(room=external_id)))

    def start_recording(self, leave: Leave) -> str:
        room, request = leave.external_id, leave.request
        return recorders.start(self.address, room, request, egress.output(room, request))

    def stop_recording(self, external_id: str) -> None:
        recorders.stop_all(self.address, external_id)

    def poll(self) -> Mapping[str, int]:
        """LiveKit's counts are a few seconds old."""
        found = self._ask(lambda api: api.room.list_rooms(ListRoomsRequest()))
        return {room.name: room.num_participants for room in found.rooms}

    def look(self, external_id: str) -> RoomSeen:
        """Who came, published or muted within the last few seconds may not be told yet."""
        asked = ListParticipantsRequest(room=external_id)
        people = self._if_there(lambda api: api.room.list_participants(asked))
        at_work = recorders.of_room(self.address, external_id) if self._has_egress else ()
        return seen.room(people.participants if people else (), at_work, clock.now())

    def enter(self, external_id: str, visitor: Visitor) -> Entry:
        return door.entry(self.address, external_id, visitor)

    def remove(self, external_id: str, identity: str) -> None:
        """Their tokens are revoked where the server can (LiveKit's cloud); elsewhere they last minutes."""
        now = int(clock.now().timestamp())
        who = RoomParticipantIdentity(room=external_id, identity=identity, revoke_token_ts=now)
        self._if_there(lambda api: api.room.remove_participant(who))

    def message(self, external_id: str, text: str, to: str | None = None) -> None:
        said = {"text": text, "at": clock.now().isoformat()}
        data = SendDataRequest(
            room=external_id,
            data=json.dumps(said).encode(),
            kind=DataPacket.Kind.RELIABLE,
            topic=TOPIC,
            destination_identities=[to] if to else [],
        )
        self._ask(lambda api: api.room.send_data(data))

    @property
    def _has_egress(self) -> bool:
        return self._server.values.get("egress") == "yes"

    def _ask(self, request: Callable[[LiveKitAPI], Coroutine[Any, Any, T]]) -> T:
        return ask(self.address, request)

    def _if_there(self, request: Callable[[LiveKitAPI], Coroutine[Any, Any, T]]) -> T | None:
        """None where the room or the person is gone, which is no failure."""
        try:
            return self._ask(request)
        except NotThere:
            return None


def address_of(values: Mapping[str, str]) -> Address:
    """From a server's settings."""
    return Address(values.get("url", ""), values.get("api_key", ""), values.get("api_secret", ""))
