"""Talking to the providers of rooms, for the stories that need one: never within a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from callboard.lib import clock, jobs, tenancy
from callboard.lib.tenancy import organization_scope
from callboard.live import log
from callboard.sessions import queries
from callboard.sessions.models import RoomStatus, Server
from callboard.sessions.operations import gate
from callboard.sessions.ports import RoomOrder, RoomProvider, providers

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Standing:
    """What a story needs to know of a session's room; read in a transaction that is over.

    `recording`: it was to be recorded and might be, as the gate said then (sessions.operations.gate).
    """

    session: str
    order: RoomOrder
    provider_name: str
    provider: RoomProvider | None
    status: str
    room: str
    external_id: str
    generation: int
    url: str
    ends_at: datetime
    recording: bool
    server: int | None = None
    server_slug: str = ""
    server_region: str = ""
    server_down_at: datetime | None = None

    def order_of(self, generation: int) -> RoomOrder:
        """What the provider is told of a room that replaces this one."""
        return replace(self.order, key=order_key(self.session, generation))

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
        recording = gate.may_record(session)
        room = session.room
        server = queries.server_settings(room.server) if room.server else None
    order = RoomOrder(
        key=order_key(session.key, room.generation),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        people=people,
        recording=recording,
    )
    return Standing(
        session=session.key,
        order=order,
        provider_name=room.provider,
        provider=providers.of(room.provider, server),
        status=session.status,
        room=room.status,
        external_id=room.external_id,
        generation=room.generation,
        url=room.url,
        ends_at=session.ends_at,
        recording=recording,
        server=room.server_id,
        server_slug=server.slug if server else "",
        server_region=server.region if server else "",
        server_down_at=room.server.down_at if room.server else None,
    )


def order_key(session_key: str, generation: int) -> str:
    """By what a provider knows a room: the session's key for its first, and one for each that replaces it."""
    return session_key if generation == 1 else f"{session_key}.{generation}"


def provider_on(organization: int, server_id: int) -> RoomProvider | None:
    """The filling for one server; None where it is gone, or its kind is not set up here."""
    with organization_scope(organization):
        server = Server.objects.filter(pk=server_id).first()
        settings = queries.server_settings(server) if server else None
    return providers.of(server.kind, settings) if server else None


def say_ready(stood: Sequence[tuple[str, str, datetime]]) -> None:
    """Into the log that rooms stand, once for each: (session, external id, since when). Last in the open
    transaction, since the log's lock is held until the commit.
    """
    organization = tenancy.current_organization()
    received = micros(clock.now())
    told = {
        f"room.ready:{organization}:{session}:{room}"[:200]: (session, room, at)
        for session, room, at in stood
    }
    fresh = jobs.once_many(told)
    log.append(
        [
            log.Line(organization, session, f"room-{room}"[:200], "room.ready", micros(at), received)
            for key, (session, room, at) in told.items()
            if key in fresh
        ]
    )


def micros(moment: datetime) -> int:
    """As the log has it: microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)
