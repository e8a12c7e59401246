"""A session's script and its events."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callboard.demo.play import changes
from callboard.demo.play.cast import Plan, cast
from callboard.demo.play.happenings import Happening, events
from callboard.demo.play.player import Player
from callboard.demo.play.script import MINUTE, SECOND, Script
from callboard.demo.stage.history import until as history_until
from callboard.live.engine.events import decode_batch
from tests.demo.conftest import START

import msgspec  # isort: skip


@pytest.fixture
def script(plan: Plan) -> Script:
    return cast(plan, seed=3)


def whole(script: Script) -> list[Happening]:
    return events(script, START - 2 * 60 * MINUTE, START + 3 * 60 * MINUTE)


def test_the_same_plan_and_seed_give_the_same_events(plan: Plan) -> None:
    assert whole(cast(plan, 3)) == whole(cast(plan, 3))
    assert whole(cast(plan, 3)) != whole(cast(plan, 4))


def test_every_event_has_an_id_of_its_own_and_is_taken_by_ingest(script: Script) -> None:
    told = whole(script)
    assert len({each.id for each in told}) == len(told)
    taken, rejected = decode_batch(msgspec.json.encode([each.told() for each in told]))
    assert rejected == []
    assert len(taken) == len(told)


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, 70 * MINUTE), max_size=12), seed=st.integers(0, 50))
def test_however_time_is_cut_up_the_same_happens(cuts: list[int], seed: int) -> None:
    plan = Plan("ses_1", START, START + 45 * MINUTE, "marta", ("joan", "iris"), True, "meridian", "eu-1")
    script = cast(plan, seed)
    begin = START - 30 * MINUTE
    player = Player(script, begin)
    found: list[Happening] = []
    for cut in [*sorted(cuts), 90 * MINUTE]:
        found += player.play(begin + cut)
    at_once = events(script, begin, begin + 90 * MINUTE)
    assert sorted(found, key=lambda each: each.id) == sorted(at_once, key=lambda each: each.id)


def test_a_session_that_goes_well_has_its_people_in_and_is_recorded(script: Script) -> None:
    kinds = [each.kind for each in whole(script)]
    assert kinds.count("participant.joined") >= 3
    assert kinds.count("recording.started") >= 1
    assert "recording.file" in kinds
    assert kinds.index("room.ready") < kinds.index("participant.joined")


def test_ending_the_room_takes_everyone_out_and_leaves_the_past_as_it_was(script: Script) -> None:
    now = START + 20 * MINUTE
    ended = changes.closed(script, now)
    begin = START - 60 * MINUTE
    assert events(ended, begin, now) == events(script, begin, now)
    after = [each.kind for each in events(ended, now, now + 60 * MINUTE)]
    assert "room.ended" in after
    assert not {"connection.report", "speech", "participant.joined"} & set(after)
    assert changes.closed(ended, now + MINUTE) == ended


def test_a_recorder_that_is_asked_for_starts_once_and_shows_progress(script: Script) -> None:
    now = START + 20 * MINUTE
    again = changes.recording(script, now, "req_1")
    assert changes.recording(again, now + SECOND, "req_1") == again
    after = [each for each in events(again, now, now + MINUTE) if each.kind.startswith("recording.")]
    mine = [each for each in after if each.data["recorder"] == "req_1"]
    assert [each.kind for each in mine][:2] == ["recording.started", "recording.progress"]
    assert {each.data["recorder"] for each in after if each.kind == "recording.stopped"} == {
        take.recorder for take in script.takes if take.start < now < take.end
    }


def test_no_recorder_starts_in_a_room_that_has_ended(script: Script) -> None:
    over = changes.closed(script, START + 10 * MINUTE)
    assert changes.recording(over, START + 20 * MINUTE, "req_1").takes == over.takes


def test_a_hushed_provider_says_nothing_for_that_long(script: Script) -> None:
    span = (START + 10 * MINUTE, START + 12 * MINUTE)
    told = whole(replace(script, hushed=(span,)))
    assert not [each for each in told if span[0] <= each.at < span[1]]
    assert [each for each in told if each.at >= span[1]]


def test_history_is_told_briefly_but_leaves_out_nobody(script: Script) -> None:
    now = START + 30 * MINUTE
    told = history_until([script], START - 60 * MINUTE, now)
    everything = events(script, START - 60 * MINUTE, now)
    assert len(told) < len(everything) / 3
    joins = [each.id for each in everything if each.kind.startswith("participant.")]
    assert [each.id for each in told if each.kind.startswith("participant.")] == joins
