"""Which server a session's room opens on: where it is wished, near its people, where there is most room."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.people.models import Person
from callboard.sessions import operations
from callboard.sessions.models import Server
from callboard.sessions.operations import servers
from callboard.sessions.ports import RoomInfo
from callboard.sessions.rules import Place, choose_place
from tests.sessions.conftest import Cast

MADRID = Place(1, "eu", ["Europe/*"])
BOSTON = Place(2, "us", ["America/*"], position=1)


def chosen(*places: Place, **wishes: Any) -> int | None:
    place = choose_place(places, **wishes)
    return place.id if place else None


def test_the_wished_region_comes_before_whoever_is_near() -> None:
    assert chosen(MADRID, BOSTON, region="us", zones=["Europe/Madrid"]) == 2
    assert chosen(MADRID, BOSTON, region="asia", zones=["Europe/Madrid"]) == 1


def test_most_of_the_people_decide_then_the_load_then_the_order() -> None:
    assert chosen(MADRID, BOSTON, zones=["America/Lima", "America/Bogota", "Europe/Rome"]) == 2
    assert chosen(Place(1, load=4), Place(2, load=3)) == 2
    assert chosen(Place(1, position=2), Place(2, position=1)) == 2


def test_what_failed_or_is_left_is_taken_only_where_there_is_no_other() -> None:
    assert chosen(MADRID, BOSTON, zones=["Europe/Madrid"], besides=[1]) == 2
    assert chosen(MADRID, besides=[1]) == 1
    assert chosen() is None


@pytest.mark.django_db
def test_a_server_that_is_off_or_down_takes_no_new_rooms(cast: Cast) -> None:
    near = Server.objects.create(slug="near", name="Near", kind="memory", zones=["Europe/*"])
    far = Server.objects.create(slug="far", name="Far", kind="memory", zones=["Asia/*"], position=1)
    session = operations.book(cast.booking())
    assert servers.choose(session) == near  # the organization's own zone
    Person.objects.update(zone="Asia/Tokyo")
    assert servers.choose(session) == far
    Server.objects.filter(pk=far.pk).update(enabled=False)
    assert servers.choose(session) == near
    Server.objects.filter(pk=near.pk).update(down_at=session.starts_at)
    assert servers.choose(session) is None


@pytest.mark.django_db
def test_the_load_is_that_of_sessions_around_the_same_time(cast: Cast) -> None:
    one = Server.objects.create(slug="one", name="One", kind="memory")
    two = Server.objects.create(slug="two", name="Two", kind="memory", position=1)
    for minutes in (0, 600):
        other = operations.book(
            cast.at(minutes, instructor=cast.ivan, learners=[cast.ben], room=RoomInfo(f"r-{minutes}"))
        )
        server = one if minutes == 0 else two
        other.room.__class__.objects.filter(session=other).update(server=server)
    session = operations.book(cast.booking())
    assert servers.choose(session) == two


@pytest.mark.django_db
def test_an_attempt_that_failed_goes_to_another_server_next(cast: Cast) -> None:
    one = Server.objects.create(slug="one", name="One", kind="memory")
    two = Server.objects.create(slug="two", name="Two", kind="memory", position=1)
    session = operations.book(cast.booking())
    assert [operations.place_room(session.key) for _ in range(2)] == [one, one]
    operations.room_problem(session.key, "It did not answer.")
    assert operations.place_room(session.key) == two
