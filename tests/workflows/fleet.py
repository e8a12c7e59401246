"""A fleet of servers in memory: a kind of provider whose servers can be told to fail, and hold people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from callboard.sessions.models import Server
from callboard.sessions.ports import (
    CREATE_ROOM,
    END_ROOM,
    LISTEN,
    MESSAGE,
    MOVE,
    POLL,
    RECORD,
    REMOVE,
    Leave,
    MemoryProvider,
    ProviderFailed,
    RoomInfo,
    RoomOrder,
    ServerSettings,
)

KIND = "fleet"
CAPABILITIES = frozenset({CREATE_ROOM, END_ROOM, RECORD, POLL, REMOVE, MESSAGE, MOVE, LISTEN})


class OneServer(MemoryProvider):
    """`dead`: whatever it is asked, it does not answer."""

    capabilities = CAPABILITIES

    def __init__(self, slug: str) -> None:
        super().__init__()
        self.slug = slug
        self.dead = False
        self.said: list[tuple[str, str, str | None]] = []
        self.removed: list[tuple[str, str]] = []
        self.ended: list[str] = []

    def _answer(self) -> None:
        if self.dead:
            raise ProviderFailed("The provider did not answer in 10 s.")

    def create_room(self, session: RoomOrder) -> RoomInfo:
        self._answer()
        self.rooms.setdefault(session.key, RoomInfo(session.key))
        return self.rooms[session.key]

    def end_room(self, external_id: str) -> None:
        self._answer()
        self.ended.append(external_id)
        super().end_room(external_id)

    def start_recording(self, leave: Leave) -> None:
        self._answer()
        super().start_recording(leave)

    def message(self, external_id: str, text: str, to: str | None = None) -> None:
        self._answer()
        self.said.append((external_id, text, to))

    def remove(self, external_id: str, identity: str) -> None:
        self._answer()
        self.removed.append((external_id, identity))

    def poll(self) -> Mapping[str, int]:
        self._answer()
        return super().poll()


class Fleet:
    """The servers of one organization, by slug."""

    def __init__(self) -> None:
        self.by_slug: dict[str, OneServer] = {}

    def add(self, slug: str, **more: object) -> Server:
        self.by_slug[slug] = OneServer(slug)
        return Server.objects.create(slug=slug, name=slug.title(), kind=KIND, **more)

    def open(self, settings: ServerSettings) -> OneServer:
        return self.by_slug[settings.slug]

    def __getitem__(self, slug: str) -> OneServer:
        return self.by_slug[slug]

    def goes_down(self, slug: str, at: datetime) -> None:
        """It is dead, and our books know it."""
        self.by_slug[slug].dead = True
        Server.objects.filter(slug=slug).update(down_at=at)

    def comes_back(self, slug: str) -> None:
        self.by_slug[slug].dead = False
        Server.objects.filter(slug=slug).update(down_at=None)
