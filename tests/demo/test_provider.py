"""The simulated provider: does what it is asked to, and lets things go wrong only in what is yet to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from callboard.demo.detection.day import Day
from callboard.demo.detection.judgement import judge
from callboard.demo.detection.run import _play
from callboard.demo.play.cast import Plan, cast
from callboard.demo.play.happenings import Happening
from callboard.demo.play.player import Players
from callboard.demo.play.script import MINUTE, SECOND, Script
from callboard.demo.provider import adapter
from callboard.demo.provider.api import Api
from callboard.demo.provider.director import Director
from callboard.demo.provider.rooms import NoCapacity, Rooms
from callboard.demo.stage.day import opened, school_of
from callboard.sessions.ports import Leave, ProviderFailed, RoomOrder
from tests.demo.conftest import START


class Time:
    """A clock that tests move."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time(START + 10 * MINUTE)


@pytest.fixture
def rooms(plan: Plan, time: Time) -> Rooms:
    players = Players()
    players.add(cast(plan, 3), time.now)
    return Rooms(players, Director(1, 300, 0), time)


@pytest.fixture
def served(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> Iterator[adapter.SimulatedProvider]:
    api = Api(rooms, 0, "secret")
    monkeypatch.setenv(adapter.URL, f"http://127.0.0.1:{api.port}")
    monkeypatch.setenv(adapter.TOKEN, "secret")
    yield adapter.SimulatedProvider("meridian")
    api.close()


def order(key: str, starts: int) -> RoomOrder:
    begins = datetime.fromtimestamp(starts / 1000, UTC)
    return RoomOrder(key, begins, begins + timedelta(minutes=45), 3, True)


def kinds(told: list[Happening]) -> set[str]:
    return {each.kind for each in told}


def test_a_room_is_made_once_and_stands(served: adapter.SimulatedProvider, plan: Plan) -> None:
    room = served.create_room(order(plan.session, plan.starts))
    assert served.create_room(order(plan.session, plan.starts)) == room
    assert served.poll() == {room.external_id: 3}


def test_ending_a_room_sends_everyone_out_and_ending_it_again_is_no_failure(
    served: adapter.SimulatedProvider, rooms: Rooms, plan: Plan, time: Time
) -> None:
    room = served.create_room(order(plan.session, plan.starts)).external_id
    served.end_room(room)
    served.end_room(room)
    served.end_room("room-nobody-knows")
    told = rooms.play(time.now + MINUTE)
    assert "room.ended" in kinds(told)
    assert "connection.report" not in kinds(told)
    time.now += MINUTE
    assert served.poll() == {}


def test_a_recorder_that_is_asked_for_records(
    served: adapter.SimulatedProvider, rooms: Rooms, plan: Plan, time: Time
) -> None:
    room = served.create_room(order(plan.session, plan.starts)).external_id
    served.stop_recording(room)
    time.now += 10 * SECOND
    assert "recording.stopped" in kinds(rooms.play(time.now))
    served.start_recording(Leave(room, "req_1"))
    served.start_recording(Leave(room, "req_1"))
    time.now += MINUTE
    told = [each for each in rooms.play(time.now) if each.kind.startswith("recording.")]
    assert {each.data["recorder"] for each in told} == {"req_1"}
    assert [each.kind for each in told].count("recording.started") == 1


def test_what_the_provider_cannot_do_is_said_in_words(
    served: adapter.SimulatedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ProviderFailed, match="no such room"):
        served.start_recording(Leave("room-nobody-knows", "req_1"))
    monkeypatch.setenv(adapter.TOKEN, "guessed")
    with pytest.raises(ProviderFailed, match="401"):
        served.poll()
    monkeypatch.setenv(adapter.URL, "http://127.0.0.1:9")
    with pytest.raises(ProviderFailed, match="did not answer"):
        served.poll()


def test_without_capacity_a_room_is_refused_until_minutes_after_it_was_due(rooms: Rooms, time: Time) -> None:
    rooms.director.pace = 50.0  # all of them
    starts = START + 3_600_000
    with pytest.raises(NoCapacity):
        rooms.create("ses_new", starts)
    assert [fault.dues[0].kind for fault in rooms.faults()] == ["room_not_ready"]
    time.now = starts
    assert rooms.create("ses_new", starts)["external_id"] == "room-new"


def test_the_pace_says_how_often_things_go_wrong_and_at_none_nothing_does() -> None:
    def faults_at(pace: float) -> int:
        _, day = opened(school_of("school", 1), "school", 1, START)
        players = Players()
        for script in day.scripts.values():
            players.add(script, START)
        director = Director(1, 300, pace)
        for second in range(0, 600, 2):
            director.direct(players, START + second * SECOND)
        return len(director.faults)

    usual = faults_at(1)
    assert faults_at(0) == 0
    assert 10 < usual < 60
    assert faults_at(4) > 2 * usual


def test_faults_that_come_up_while_it_plays_change_nothing_that_has_happened() -> None:
    _, day = opened(school_of("small", 5), "small", 5, START)
    players = Players()
    plans = {}
    for script in day.scripts.values():
        players.add(script, START - 120 * MINUTE)
        plans[script.session] = Plan(
            script.session, script.starts, script.ends, script.instructor.participant,
            tuple(each.participant for each in script.learners), script.recording, script.provider,
        )  # fmt: skip
    director = Director(5, 300, 6)
    director.faults.extend(day.faults)
    told: dict[str, list[Happening]] = {}
    faults = list(day.faults)
    last: dict[str, Script] = {}
    for step in range(0, 60 * 60, 5):
        now = START + step * SECOND
        fault = director.direct(players, now)
        if fault is not None:
            faults.append(fault)
        for each in players.play(now):
            told.setdefault(each.session, []).append(each)
        last |= {script.session: script for script in players}
    assert len(faults) > 12
    plans = {session: plan for session, plan in plans.items() if session in last}
    for session, script in last.items():
        player = Players()
        player.add(script, START - 120 * MINUTE)
        until = START + 59 * MINUTE
        again = {each.id for each in player.play(until)}
        assert again == {each.id for each in told[session] if each.at < until}
    played = Day(START - 10 * 60 * MINUTE, plans, last, faults)
    witness, _ = _play(played, 1, lambda _share: None)
    verdict = judge(faults, list(witness.cases.values()))
    assert verdict.unexplained == ()
    assert verdict.unseen == ()
