"""Rooms on BigBlueButton, over its API; against a stand-in (see there)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from callboard.integrations.bigbluebutton.declared import INTEGRATION
from callboard.integrations.bigbluebutton.provider import BigBlueButtonRooms
from callboard.lib import clock
from callboard.lib.integration import IntegrationFailed
from callboard.sessions.ports import ProviderFailed, RoomOrder, ServerSettings, TrackSeen, Visitor
from tests.integrations.bigbluebutton.standin import SECRET, BigBlueButton, serving


@pytest.fixture
def server() -> Iterator[BigBlueButton]:
    with serving() as there:
        yield there


@pytest.fixture
def rooms(server: BigBlueButton) -> BigBlueButtonRooms:
    return provider(server)


def provider(server: BigBlueButton, secret: str = SECRET) -> BigBlueButtonRooms:
    return BigBlueButtonRooms(
        ServerSettings(1, 7, "bbb-1", "eu", {"url": f"{server.url}/bigbluebutton/", "secret": secret})
    )


def order(recording: bool = False) -> RoomOrder:
    now = clock.now()
    return RoomOrder("ses_a", now, now + timedelta(hours=1), 3, recording)


def test_a_room_is_made_once_and_waits_for_its_people(
    rooms: BigBlueButtonRooms, server: BigBlueButton
) -> None:
    made = [rooms.create_room(order(recording=True)) for _ in range(2)]
    assert made[0] == made[1]
    assert (made[0].external_id, made[0].node, made[0].region) == ("ses_a", "bbb-1", "eu")
    (meeting,) = server.meetings.values()
    assert meeting.parameters["record"] == meeting.parameters["autoStartRecording"] == "true"
    assert int(meeting.parameters["meetingExpireIfNoUserJoinedInMinutes"]) >= 60


def test_the_poll_counts_connections_and_registers_our_hook(
    rooms: BigBlueButtonRooms, server: BigBlueButton
) -> None:
    rooms.create_room(order())
    server.meetings["ses_a"].attendees = [("per_i", "MODERATOR", True, False)] * 2
    assert rooms.poll() == {"ses_a": 2}
    assert rooms.poll() == {"ses_a": 2}
    (hook,) = server.hooks
    assert "/hooks/bigbluebutton/" in hook["callbackURL"]


def test_a_look_tells_who_is_in_how_often_and_with_what(
    rooms: BigBlueButtonRooms, server: BigBlueButton
) -> None:
    rooms.create_room(order(recording=True))
    server.meetings["ses_a"].attendees = [
        ("per_i", "MODERATOR", True, True), ("per_i", "MODERATOR", False, False),
    ]  # fmt: skip
    seen = rooms.look("ses_a")
    assert [(one.identity, one.connection) for one in seen.people] == [("per_i", ""), ("per_i", "")]
    assert seen.people[0].tracks == (TrackSeen("", "microphone", False), TrackSeen("", "camera", False))
    assert [(one.recorder, one.status) for one in seen.recorders] == [("bbb", "stopped")]
    server.meetings["ses_a"].recording = True
    assert rooms.look("ses_a").recorders[0].status == "running"


def test_of_a_meeting_that_is_over_its_recording_is_told_once_it_can_be_played(
    rooms: BigBlueButtonRooms, server: BigBlueButton
) -> None:
    assert rooms.look("ses_a").recorders == ()
    server.recordings["ses_a"] = "<recording><state>processing</state></recording>"
    assert rooms.look("ses_a").recorders == ()
    server.recordings["ses_a"] = (
        "<recording><state>published</state><endTime>1700000600000</endTime><size>1234</size></recording>"
    )
    (recorder,) = rooms.look("ses_a").recorders
    assert (recorder.status, recorder.bytes) == ("complete", 1234)


def test_the_door_gives_a_signed_link_of_ones_own(rooms: BigBlueButtonRooms, server: BigBlueButton) -> None:
    rooms.create_room(order())
    visitor = Visitor("per_a", "Ana Núñez", "learner", clock.now() + timedelta(minutes=5))
    entry = rooms.enter("ses_a", visitor)
    assert entry.kind == "link"
    query = urlsplit(entry.url).query
    parameters = {name: values[0] for name, values in parse_qs(query).items()}
    assert (parameters["userID"], parameters["role"], parameters["fullName"]) == (
        "per_a", "VIEWER", "Ana Núñez",
    )  # fmt: skip
    signed = query.partition("&checksum=")[0]
    assert parameters["checksum"] == hashlib.sha256(f"join{signed}{SECRET}".encode()).hexdigest()


def test_a_meeting_that_ended_by_itself_is_made_again_at_the_door(
    rooms: BigBlueButtonRooms, server: BigBlueButton
) -> None:
    rooms.enter("ses_a", Visitor("per_i", "Iris", "instructor", clock.now() + timedelta(minutes=5)))
    assert server.meetings["ses_a"].parameters["record"] == "false"


def test_what_may_not_be_recorded_is_made_again_unrecorded_while_nobody_is_in(
    rooms: BigBlueButtonRooms, server: BigBlueButton
) -> None:
    rooms.create_room(order(recording=True))
    server.meetings["ses_a"].attendees = [("per_i", "MODERATOR", True, False)]
    with pytest.raises(ProviderFailed, match="moderates"):
        rooms.stop_recording("ses_a")
    server.meetings["ses_a"].attendees = []
    for _ in range(2):
        rooms.stop_recording("ses_a")
        assert server.meetings["ses_a"].parameters["record"] == "false"
    assert server.asked.count("create") == 2


def test_ending_twice_is_ending_once(rooms: BigBlueButtonRooms, server: BigBlueButton) -> None:
    rooms.create_room(order())
    rooms.end_room("ses_a")
    rooms.end_room("ses_a")
    assert server.meetings == {}


def test_what_it_cannot_do_it_says(rooms: BigBlueButtonRooms, server: BigBlueButton) -> None:
    with pytest.raises(ProviderFailed):
        rooms.remove("ses_a", "per_a")
    with pytest.raises(ProviderFailed, match="secret"):
        provider(server, "wrong").poll()
    with pytest.raises(ProviderFailed, match="did not answer"):
        BigBlueButtonRooms(ServerSettings(1, 7, "x", "", {"url": "http://127.0.0.1:1"})).poll()


def test_the_settings_are_tried(server: BigBlueButton) -> None:
    assert "0 meetings stand" in INTEGRATION.test({"url": server.url, "secret": SECRET})
    with pytest.raises(IntegrationFailed, match="secret"):
        INTEGRATION.test({"url": server.url, "secret": "another"})
