"""What is seen of a server's rooms lands in the log of its organization, and a dead server is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from callboard.live.models import Event
from callboard.people.models import Organization
from callboard.sessions import operations
from callboard.sessions.models import Room, Server, Session
from callboard.sessions.ports import RoomInfo
from callboard.workflows.reconcile_rooms import servers
from callboard.workflows.reconcile_rooms.books import ServerBooks
from callboard.workflows.reconcile_rooms.choosing import Watched
from callboard.workflows.reconcile_rooms.differences import Said, micros
from callboard.workflows.reconcile_rooms.evidence import Known
from tests.sessions.conftest import START, Cast

pytestmark = pytest.mark.django_db

NOW = micros(START)


@pytest.fixture(autouse=True)
def at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callboard.lib.clock.now", lambda: START)


@pytest.fixture
def server(in_organization: Organization) -> Server:
    return Server.objects.create(slug="eu-1", name="Europe 1", kind="livekit")


@pytest.fixture
def session(cast: Cast, server: Server) -> Session:
    booked = operations.book(cast.booking(provider="livekit", room=RoomInfo("r-1")))
    Room.objects.filter(session=booked).update(server=server, provider="livekit")
    return booked


@pytest.fixture
def books(organization: Organization, server: Server) -> ServerBooks:
    return ServerBooks(organization.pk, "livekit", server.pk, "eu-1")


def joined(who: str = "per_a", connection: str = "PA_1") -> Said:
    return Said(f"join-{connection}", "participant.joined", NOW, who, {"connection": connection})


def test_what_is_written_is_known_at_the_next_look(books: ServerBooks, session: Session) -> None:
    rooms = books.rooms()
    assert rooms == [Watched(session.key, "r-1")]
    known: dict[str, Known] = {}
    books.catch_up(rooms, known)
    assert known[session.key].inside() == []
    books.write({rooms[0]: [joined()]})
    books.catch_up(rooms, known)
    assert known[session.key].inside() == [("per_a", "PA_1")]
    books.catch_up([], known)
    assert known == {}


def test_of_a_room_that_has_moved_away_nothing_is_written(books: ServerBooks, session: Session) -> None:
    (room,) = books.rooms()
    books.write({replace(room, external_id="another"): [joined()]})
    assert not Event.objects.filter(session=session.key, kind="participant.joined").exists()


def test_a_poll_is_evidence_of_the_provider(books: ServerBooks, server: Server) -> None:
    books.polled(NOW)
    assert Event.objects.get(kind="provider.polled").data == '{"provider":"livekit"}'
    server.refresh_from_db()
    assert server.polled_at == START


def test_a_server_goes_down_once_and_comes_back_once(
    books: ServerBooks, server: Server, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr("callboard.lib.facts.publish", told.append)
    for _ in range(2):
        books.went_down(NOW, books.rooms())
    assert [type(fact).__name__ for fact in told] == ["ServerDown"]
    assert Event.objects.get(session=session.key, kind="room.lost").data == '{"node":"eu-1"}'
    server.refresh_from_db()
    assert server.down_at == START
    for _ in range(2):
        books.came_back(NOW)
    assert [type(fact).__name__ for fact in told] == ["ServerDown", "ServerBack"]


def test_servers_are_watched_whose_kind_can_be_polled(
    server: Server, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    from callboard.sessions.ports import POLL, Providers, Unable

    here = Providers()
    monkeypatch.setattr(servers, "providers", here)
    assert servers.watchable() == []
    here.register_kind("livekit", frozenset({POLL}), lambda _: Unable())
    (found,) = servers.watchable()
    assert (found.organization, found.server, found.node) == (organization.pk, server.pk, "eu-1")
    Server.objects.update(settings={"url": "https://another"})
    assert servers.watchable() != [found]
    Server.objects.update(enabled=False)
    assert servers.watchable() == []


def test_all_is_well_where_there_is_nothing_to_watch(in_organization: Organization) -> None:
    from callboard.workflows.reconcile_rooms import watch_rooms

    watch_rooms(timestamp=int(datetime.timestamp(START)))
    assert not Event.objects.exists()
