"""Talking to the providers of rooms, for the stories that need one: never within a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from callboard.lib.tenancy import organization_scope
from callboard.sessions import queries
from callboard.sessions.models import RoomStatus
from callboard.sessions.ports import RoomOrder, RoomProvider, providers


@dataclass(frozen=True)
class Standing:
    """What a story needs to know of a session's room; read in a transaction that is over."""

    order: RoomOrder
    provider_name: str
    provider: RoomProvider | None
    status: str
    room: str
    external_id: str
    ends_at: datetime
    recording: bool

    def can(self, capability: str) -> bool:
        return self.provider is not None and capability in self.provider.capabilities

    @property
    def stands(self) -> bool:
        """Whether there is a room at the provider that we know of."""
        return self.room == RoomStatus.READY and bool(self.external_id)


def standing(organization: int, session_key: str) -> Standing:
    """As it is now. Raises NotFound."""
    with organization_scope(organization):
        session = queries.by_key(session_key)
        people = len(queries.participants(session))
        room = session.room
        server = queries.server_settings(room.server) if room.server else None
    order = RoomOrder(
        key=session.key,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        people=people,
        recording=session.recording_wanted,
    )
    return Standing(
        order=order,
        provider_name=room.provider,
        provider=providers.of(room.provider, server),
        status=session.status,
        room=room.status,
        external_id=room.external_id,
        ends_at=session.ends_at,
        recording=session.recording_wanted,
    )
