"""The port of rooms, filled by a real LiveKit server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from callboard.integrations.livekit import api, provider
from callboard.integrations.livekit.provider import LiveKitRooms
from callboard.lib import clock
from callboard.lib.processes import ready
from callboard.sessions.ports import RECORD, ProviderFailed, RoomOrder, ServerSettings
from tests.support.livekit import Person, Server


def order(key: str) -> RoomOrder:
    now = clock.now()
    return RoomOrder(key, now, now + timedelta(hours=1), people=2, recording=False)


@pytest.fixture
def room(rooms: LiveKitRooms, request: pytest.FixtureRequest) -> Iterator[str]:
    """A room of the test's own."""
    name = f"ses_{request.node.name}"
    yield rooms.create_room(order(name)).external_id
    rooms.end_room(name)


def seconds(condition: object, most: float = 10) -> bool:
    assert callable(condition)
    return ready.wait_until(condition, most)


def test_a_room_asked_for_twice_is_one_room(rooms: LiveKitRooms) -> None:
    first, again = rooms.create_room(order("ses_twice")), rooms.create_room(order("ses_twice"))
    assert first == again
    assert (first.external_id, first.node) == ("ses_twice", "local")
    assert first.url.startswith("ws://127.0.0.1:")
    assert list(rooms.poll()).count("ses_twice") == 1
    rooms.end_room("ses_twice")
    assert "ses_twice" not in rooms.poll()


def test_a_room_that_is_gone_is_ended_and_empty_and_no_failure(rooms: LiveKitRooms) -> None:
    rooms.end_room("ses_never")
    rooms.remove("ses_never", "per_a")
    assert rooms.look("ses_never").people == ()


def test_who_is_in_is_seen_with_what_they_publish_and_whether_it_is_muted(
    rooms: LiveKitRooms, server: Server, room: str
) -> None:
    before = clock.now()
    helper = server.begin_join(room, "rec_1", role="recorder")
    ana = server.begin_join(room, "per_a", "microphone", "camera")
    ben = server.join(room, "per_b", "microphone")
    ana.wait_in()
    helper.wait_in()
    wanted = {"per_a": {"microphone", "camera"}, "per_b": {"microphone"}, "rec_1": set()}
    assert seconds(lambda: published(rooms, room) == wanted)
    people = {one.identity: one for one in rooms.look(room).people}
    assert before - timedelta(seconds=1) < people["per_a"].joined_at < clock.now()
    assert people["per_a"].connection.startswith("PA_")
    assert not any(track.muted for one in people.values() for track in one.tracks)
    assert [one.identity for one in people.values() if one.hidden] == ["rec_1"]
    assert seconds(lambda: int(ben.do("heard")) > 10_000), "no sound came through"

    ana.do("mute")
    assert seconds(lambda: muted(rooms, room, "per_a"))
    ana.do("unmute")
    assert seconds(lambda: not muted(rooms, room, "per_a"))
    assert room in rooms.poll()


def published(rooms: LiveKitRooms, room: str) -> dict[str, set[str]]:
    return {one.identity: {track.source for track in one.tracks} for one in rooms.look(room).people}


def muted(rooms: LiveKitRooms, room: str, who: str) -> bool:
    (person,) = (one for one in rooms.look(room).people if one.identity == who)
    return any(track.muted for track in person.tracks if track.source == "microphone")


def test_who_is_removed_is_out(rooms: LiveKitRooms, server: Server, room: str) -> None:
    server.join(room, "per_a")
    rooms.remove(room, "per_a")
    assert seconds(lambda: not rooms.look(room).people)
    rooms.remove(room, "per_a")


def test_a_message_reaches_all_who_are_in_or_one_of_them(
    rooms: LiveKitRooms, server: Server, room: str
) -> None:
    ana = server.begin_join(room, "per_a")
    ben = server.join(room, "per_b")
    ana.wait_in()

    def got(person: Person) -> list[str]:
        said = [one for one in person.do("messages").split("|") if one]
        assert all(one.startswith(f"{provider.TOPIC}=") for one in said)
        return [json.loads(one.partition("=")[2])["text"] for one in said]

    def reached() -> bool:
        rooms.message(room, "Can you read this?")
        return bool(got(ana) and got(ben))

    assert seconds(reached)  # who has come in this very moment may miss one
    rooms.message(room, "Five minutes left")
    rooms.message(room, "Please speak up", to="per_b")
    assert seconds(lambda: got(ben)[-2:] == ["Five minutes left", "Please speak up"])
    assert seconds(lambda: got(ana)[-1] == "Five minutes left")


def test_it_cannot_record_where_no_egress_runs(rooms: LiveKitRooms) -> None:
    assert RECORD not in rooms.capabilities


def test_a_server_that_is_not_there_fails_in_words() -> None:
    nowhere = {"url": "ws://127.0.0.1:9", "api_key": "key", "api_secret": "s" * 32}
    gone = LiveKitRooms(ServerSettings(1, 1, "gone", "", nowhere))
    with pytest.raises(ProviderFailed, match="did not answer"):
        gone.poll()


def test_a_wrong_secret_is_refused_in_words(server: Server) -> None:
    wrong = LiveKitRooms(ServerSettings(1, 1, "wrong", "", {**server.values, "api_secret": "w" * 32}))
    with pytest.raises(api.Refused, match="key and secret"):
        wrong.poll()
