"""Rooms that a link leads to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callboard.integrations.outside.declared import INTEGRATION
from callboard.integrations.outside.provider import OutsideRooms
from callboard.lib import clock
from callboard.lib.integration import IntegrationFailed
from callboard.sessions.ports import ProviderFailed, RoomOrder, ServerSettings, Visitor


def rooms(link: str) -> OutsideRooms:
    return OutsideRooms(ServerSettings(1, 7, "meet", "eu", {"link": link}))


def test_a_room_is_a_link_of_its_own_that_nobody_can_make_up() -> None:
    now = clock.now()
    order = RoomOrder("ses_a", now, now + timedelta(hours=1), 2, False)
    provider = rooms("https://meet.example.org/{session}")
    room = provider.create_room(order)
    assert room == provider.create_room(order)
    assert room.url.startswith("https://meet.example.org/ses_a.")
    assert len(room.url) > len("https://meet.example.org/ses_a.") + 8
    entry = provider.enter(room.external_id, Visitor("per_a", "Ana", "learner", now))
    assert (entry.kind, entry.url) == ("link", room.url)


def test_what_it_cannot_do_it_says() -> None:
    with pytest.raises(ProviderFailed):
        rooms("https://meet.example.org").end_room("x")


def test_a_link_that_no_browser_could_follow_is_refused() -> None:
    with pytest.raises(IntegrationFailed):
        INTEGRATION.test({"link": "meet.example.org"})
    assert "https://meet.example.org/example" in INTEGRATION.test(
        {"link": "https://meet.example.org/{session}"}
    )
