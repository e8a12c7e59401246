"""The books of one server, in the database: its rooms, what the evidence says of them, what is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from django.db.models import Q, QuerySet

from callboard.lib import clock, facts
from callboard.lib.tenancy import organization_scope
from callboard.live import log
from callboard.live.log.following import lines_after
from callboard.sessions.facts import ServerBack, ServerDown
from callboard.sessions.models import Room, RoomStatus, Server, SessionStatus
from callboard.workflows.reconcile_rooms.choosing import Watched
from callboard.workflows.reconcile_rooms.differences import Said, micros
from callboard.workflows.reconcile_rooms.evidence import KINDS, Known

AHEAD: Final = timedelta(hours=1)
BEHIND: Final = timedelta(hours=12)
JUST_CLOSED: Final = timedelta(minutes=10)


@dataclass
class ServerBooks:
    """Fills `watching.Books` for one server of an organization, or for a provider that needs none (`server`
    None). Each call is a transaction of its own.
    """

    organization: int
    provider: str
    server: int | None
    node: str = ""
    _position: int = 0

    def rooms(self) -> Sequence[Watched]:
        with organization_scope(self.organization):
            return [
                Watched(session, external_id, recorded, status == SessionStatus.LIVE)
                for session, external_id, recorded, status in self._standing().values_list(
                    "session__key", "external_id", "session__recording_wanted", "session__status"
                )
            ]

    def _standing(self) -> QuerySet[Room]:
        """About to begin, going on, over for a while, or just closed with, perhaps, people in it."""
        now = clock.now()
        return Room.objects.filter(
            Q(status=RoomStatus.READY) | Q(status=RoomStatus.CLOSED, closed_at__gt=now - JUST_CLOSED),
            provider=self.provider,
            server=self.server,
            session__starts_at__lt=now + AHEAD,
            session__ends_at__gt=now - BEHIND,
        ).exclude(external_id="")

    def catch_up(self, rooms: Sequence[Watched], known: dict[str, Known]) -> None:
        wanted = {room.session for room in rooms}
        for session in known.keys() - wanted:
            del known[session]
        new = wanted - known.keys()
        with organization_scope(self.organization):
            found = lines_after(self._position, known.keys(), KINDS) + lines_after(0, new, KINDS)
        for session in new:
            known[session] = Known()
        for stored in found:
            line = stored.line
            known[line.session].take(
                line.id, line.kind, line.at, line.participant, line.data, line.received_at
            )
            self._position = max(self._position, stored.position)

    def write(self, said: Mapping[Watched, Sequence[Said]]) -> None:
        with organization_scope(self.organization):
            still = set(
                Room.objects.select_for_update()
                .filter(server=self.server, session__key__in=[room.session for room in said])
                .values_list("session__key", "external_id")
            )
            self._append(
                (room.session, one)
                for room, found in said.items()
                if (room.session, room.external_id) in still
                for one in found
            )

    def polled(self, at: int) -> None:
        name = f"{self.provider}/{self.node}" if self.node else self.provider
        event = Said(f"polled-{name}-{at}", "provider.polled", at, None, {"provider": self.provider})
        with organization_scope(self.organization):
            if self.server is not None:
                Server.objects.filter(pk=self.server).update(polled_at=_moment(at))
            self._append([(name, event)])

    def went_down(self, at: int, rooms: Sequence[Watched]) -> None:
        with organization_scope(self.organization):
            if self.server is not None:
                first = Server.objects.filter(pk=self.server, down_at=None).update(down_at=_moment(at))
                if not first:
                    return
                facts.publish(ServerDown(server=self.server, at=_moment(at)))
            self._append(
                (room.session, Said(f"lost-{room.external_id}-{at}"[:200], "room.lost", at, None,
                                    {"node": self.node} if self.node else {}))
                for room in rooms
            )  # fmt: skip

    def came_back(self, at: int) -> None:
        with organization_scope(self.organization):
            if self.server is None:
                return
            back = Server.objects.filter(pk=self.server).exclude(down_at=None).update(down_at=None)
            if back:
                facts.publish(ServerBack(server=self.server, at=_moment(at)))

    def _append(self, said: Iterable[tuple[str, Said]]) -> None:
        """Last of all in its transaction: the log's lock is held until the commit."""
        received = micros(clock.now())
        log.append(
            [
                log.Line(
                    self.organization, session, one.id, one.kind, one.at, received,
                    one.participant, msgspec.json.encode(one.data).decode(),
                )
                for session, one in said
            ]
        )  # fmt: skip


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1_000_000, UTC)
