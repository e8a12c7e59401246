"""The demo's lesson in a real room: booked like any other, played by nobody, and joined from two tabs."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from callboard.cli import demo_rooms
from callboard.demo import views
from callboard.demo.play.player import Players
from callboard.demo.play.script import MINUTE
from callboard.demo.provider.director import Director
from callboard.demo.provider.rooms import Rooms
from callboard.demo.provider.timetable import Timetable
from callboard.demo.stage import build as stage
from callboard.demo.stage.day import school_of
from callboard.integrations.livekit import local, server
from callboard.lib.tenancy import organization_scope
from callboard.sessions import queries
from callboard.sessions.models import ParticipantRole, RoomStatus
from callboard.sessions.operations import devices, links

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_lesson_about_to_begin_waits_for_its_real_people() -> None:
    built = stage.build(school_of("small", 3), "small", 3, lambda _text: None, real=True)
    assert built.real is not None
    with organization_scope(built.organization):
        session = queries.by_key(built.real)
        people = queries.participants(session)
    assert (session.provider, session.room.status) == ("livekit", RoomStatus.WANTED)
    begins = round(session.starts_at.timestamp() * 1000)
    assert built.day.began + MINUTE < begins < built.day.began + 28 * MINUTE

    # Nobody plays it, now or later.
    assert built.real not in built.day.scripts
    rooms = Rooms(Players(), Director(3, 10, 0), lambda: built.day.began)
    Timetable(built.organization, 3).follow(rooms, built.day.began)
    played = {script.session for script in rooms.players}
    assert played
    assert built.real not in played

    # One browser can be both of them.
    with organization_scope(built.organization):
        local.register(server.place(), demo_rooms.NAME)
    told = demo_rooms.links(built, "http://demo")
    assert told["session"] == built.real
    cookies: dict[str, str] = {}
    for who in ("instructor", "student"):
        ticket = told[f"{who}_link"].removeprefix("http://demo/demo/join/")
        request = RequestFactory().get("/")
        request.user = None  # type: ignore[assignment]
        request.COOKIES = cookies
        answer = views.join(request, ticket)
        cookies |= {name: morsel.value for name, morsel in answer.cookies.items()}
        with organization_scope(built.organization):
            door = links.resolve(answer["Location"].rpartition("/")[2])
            assert door.session == session
            assert door.role == (
                ParticipantRole.INSTRUCTOR if who == "instructor" else ParticipantRole.LEARNER
            )
            assert any(devices.knows(door.person, token) for token in cookies.values())
    assert len(cookies) == 2
    assert len(people) >= 2
