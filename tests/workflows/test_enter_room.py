"""Letting people into their rooms, and whoever is replaced out, at a provider that makes entries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from callboard.lib import clock
from callboard.lib.clock import VirtualClock
from callboard.live.ingest import passes
from callboard.sessions import operations
from callboard.sessions.models import Room, Session
from callboard.sessions.operations import links
from callboard.sessions.ports import (
    CREATE_ROOM,
    ENTER,
    REMOVE,
    Entry,
    MemoryProvider,
    ProviderFailed,
    Visitor,
    providers,
)
from callboard.workflows import enter_room
from tests.sessions.conftest import START, Cast

pytestmark = pytest.mark.django_db


class Doorkeeper(MemoryProvider):
    """Rooms in memory whose door makes entries, and remembers who came and who was sent out."""

    capabilities = frozenset({CREATE_ROOM, ENTER, REMOVE})

    def __init__(self) -> None:
        super().__init__()
        self.visitors: list[tuple[str, Visitor]] = []
        self.removed: list[tuple[str, str]] = []
        self.shut = False

    def enter(self, external_id: str, visitor: Visitor) -> Entry:
        if self.shut:
            raise ProviderFailed("The server does not answer.")
        self.visitors.append((external_id, visitor))
        return Entry("livekit", "wss://rooms.example", f"token-of-{visitor.identity}")

    def remove(self, external_id: str, identity: str) -> None:
        self.removed.append((external_id, identity))


@pytest.fixture
def doorkeeper() -> Iterator[Doorkeeper]:
    keeper = Doorkeeper()
    providers.register("doors", keeper)
    yield keeper
    providers._known.pop("doors")


@pytest.fixture
def at_four() -> Iterator[VirtualClock]:
    with clock.using(VirtualClock(START)) as virtual:
        assert isinstance(virtual, VirtualClock)
        yield virtual


@pytest.fixture
def cast(in_organization: Any) -> Cast:
    return Cast()


@pytest.fixture
def session(cast: Cast, doorkeeper: Doorkeeper, at_four: VirtualClock) -> Session:
    booked = operations.book(cast.booking(provider="doors"))
    operations.room_ready(booked.key, "room-1")
    return booked


def door(person: int, session: Session) -> links.Door:
    return links.resolve(links.link_for(person, session.key).rpartition("/j/")[2])


def test_the_door_makes_an_entry_for_five_minutes_and_this_person_alone(
    cast: Cast, session: Session, doorkeeper: Doorkeeper, organization: Any
) -> None:
    ana = door(cast.ana, session)
    entered = enter_room.enter(organization.pk, ana)
    ((room, visitor),) = doorkeeper.visitors
    assert (room, visitor.identity, visitor.role) == ("room-1", ana.person.key, "learner")
    assert visitor.until == START + timedelta(minutes=5)
    assert entered.entry.token == f"token-of-{ana.person.key}"
    ana.link.refresh_from_db()
    assert ana.link.used_at == START


def test_whoever_enters_may_report_on_themselves_until_two_hours_after(
    cast: Cast, session: Session, organization: Any, at_four: VirtualClock
) -> None:
    ana = door(cast.ana, session)
    token = enter_room.enter(organization.pk, ana).reports
    at_four.advance(timedelta(hours=2, minutes=59))
    assert passes.read(token) == passes.Pass(organization.pk, session.key, ana.person.key)


def test_a_replacement_room_has_another_name_even_where_the_provider_calls_it_the_same(
    cast: Cast, session: Session, organization: Any
) -> None:
    before = enter_room.enter(organization.pk, door(cast.ana, session)).room
    assert enter_room.enter(organization.pk, door(cast.ana, session)).room == before
    Room.objects.filter(session=session).update(generation=2)
    assert enter_room.enter(organization.pk, door(cast.ana, session)).room != before


def test_a_provider_that_fails_leaves_the_door_not_ready(
    cast: Cast, session: Session, doorkeeper: Doorkeeper, organization: Any
) -> None:
    doorkeeper.shut = True
    with pytest.raises(enter_room.NotReady):
        enter_room.enter(organization.pk, door(cast.ana, session))


def test_a_room_elsewhere_is_entered_by_its_own_address(cast: Cast, organization: Any, at_four: Any) -> None:
    booked = operations.book(cast.booking(provider="elsewhere"))
    operations.room_ready(booked.key, "x", url="https://meet.example/abc")
    entered = enter_room.enter(organization.pk, door(cast.ana, booked))
    assert entered.entry == Entry("link", "https://meet.example/abc")


def test_whoever_is_replaced_is_taken_out_and_gets_no_more(
    cast: Cast, session: Session, doorkeeper: Doorkeeper, organization: Any
) -> None:
    former = door(cast.iris, session)
    operations.change_instructor(session.key, cast.ivan)
    fact = {"session": session.key, "version": 2, "instructor": cast.ivan, "former_instructor": cast.iris}
    enter_room.replaced(organization.pk, fact)
    assert doorkeeper.removed == [("room-1", former.person.key)]
    with pytest.raises(enter_room.NotReady):
        enter_room.enter(organization.pk, door(cast.iris, session))


def test_whoever_was_put_back_meanwhile_stays_in(
    cast: Cast, session: Session, doorkeeper: Doorkeeper, organization: Any
) -> None:
    operations.change_instructor(session.key, cast.ivan)
    operations.change_instructor(session.key, cast.iris)
    fact = {"session": session.key, "version": 2, "instructor": cast.ivan, "former_instructor": cast.iris}
    enter_room.replaced(organization.pk, fact)
    assert doorkeeper.removed == []
