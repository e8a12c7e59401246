"""Fills `sessions.ports.RoomProvider` for rooms that a link leads to. It can make the link, and show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from callboard.lib import signing
from callboard.sessions.ports import (
    CREATE_ROOM,
    ENTER,
    Entry,
    RoomInfo,
    RoomOrder,
    ServerSettings,
    Unable,
    Visitor,
)

CAPABILITIES: Final = frozenset({CREATE_ROOM, ENTER})

PLACE: Final = "{session}"
"""Where a link takes the session's own name."""

UNGUESSABLE: Final = 12  # characters that nobody who knows a session's id can make up


class OutsideRooms(Unable):
    """Links of one setting. All that it does not say here it cannot do, and inherits saying so."""

    capabilities = CAPABILITIES

    def __init__(self, server: ServerSettings) -> None:
        self._server = server

    def create_room(self, session: RoomOrder) -> RoomInfo:
        """Asked again it makes the same name: the session's, signed by this installation."""
        signature = signing.sign("outside-room", session.key).rpartition(".")[2]
        name = f"{session.key}.{signature[:UNGUESSABLE]}"
        link = link_of(self._server.values, name)
        return RoomInfo(name, link, self._server.region, self._server.slug)

    def enter(self, external_id: str, visitor: Visitor) -> Entry:  # noqa: ARG002 - the same for everyone
        return Entry("link", link_of(self._server.values, external_id))


def link_of(values: Mapping[str, str], name: str) -> str:
    return values.get("link", "").replace(PLACE, name)
