"""The provider keeps the day going, and follows what people do to the timetable."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callboard.demo.play.player import Players
from callboard.demo.play.script import MINUTE, SECOND
from callboard.demo.provider.booker import Booker
from callboard.demo.provider.director import Director
from callboard.demo.provider.rooms import Rooms
from callboard.demo.provider.timetable import Timetable
from callboard.demo.stage import build as stage
from callboard.demo.stage.build import Built
from callboard.demo.stage.day import BOOKED_AHEAD, school_of
from callboard.demo.stage.sessions import moment
from callboard.lib.tenancy import organization_scope
from callboard.sessions.models import Session
from callboard.sessions.operations import cancel, move

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def built() -> Built:
    """A small school with its whole day booked."""
    built = stage.build(school_of("small", 3), "small", 3, lambda _text: None)
    stage.book_later(built)
    return built


def rooms_of(built: Built) -> Rooms:
    players = Players()
    for script in built.day.scripts.values():
        players.add(script, built.day.began)
    return Rooms(players, Director(3, 10, 0), lambda: built.day.began)


def test_what_comes_next_is_booked_ahead_once_and_a_killed_provider_goes_on(built: Built) -> None:
    began = built.day.began

    def booked() -> int:
        with organization_scope(built.organization):
            return Session.objects.count()

    def go_on(booker: Booker) -> None:
        for minute in range(0, 31, 5):
            booker.book(began + minute * MINUTE)
            booker.book(began + minute * MINUTE)

    before = booked()
    go_on(Booker(built.organization, school_of("small", 3), began, 3))
    after = booked()
    assert after > before
    with organization_scope(built.organization):
        last = Session.objects.order_by("-starts_at")[0]
        assert last.starts_at > moment(began + BOOKED_AHEAD + 10 * MINUTE)
    go_on(Booker(built.organization, school_of("small", 3), began, 3))
    assert booked() == after


def test_what_people_move_or_cancel_is_played_so(built: Built) -> None:
    rooms = rooms_of(built)
    timetable = Timetable(built.organization, 3)
    timetable.follow(rooms, built.day.began)
    coming = [script for script in rooms.players if script.starts > built.day.began + 10 * MINUTE]
    moved, off = coming[0].session, coming[1].session
    later = moment(coming[0].starts) + timedelta(minutes=1)
    with organization_scope(built.organization):
        move(moved, later, moment(coming[0].ends) - timedelta(minutes=1))
        cancel(off, "No teacher")
    timetable.follow(rooms, built.day.began + 4 * SECOND)
    changed, ended = rooms.players.get(moved), rooms.players.get(off)
    assert changed is not None
    assert moment(changed.starts) == later
    assert changed.length == coming[0].length - 2 * MINUTE
    assert ended is not None
    assert not any(part.stays for part in ended.parts)


def test_a_session_that_people_book_is_played_and_its_room_is_ready_when_asked_for(built: Built) -> None:
    rooms = rooms_of(built)
    some = next(script for script in rooms.players if script.starts > built.day.began)
    rooms.players.drop(some.session)
    Timetable(built.organization, 3).follow(rooms, built.day.began)
    script = rooms.players.get(some.session)
    assert script is not None
    assert script.instructor.participant == some.instructor.participant
    assert {each.participant for each in script.learners} == {each.participant for each in some.learners}
