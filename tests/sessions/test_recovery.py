"""Restart, then the spare: what is asked for when a recording does not run, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from callboard.sessions.recovery import OWN, PROVIDER, Asked, Picture, Seen, Step, steps

LIVE = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
PICTURE = Picture(live_since=LIVE, mode="spare", provider=True, own=True)


def at(seconds: float) -> datetime:
    return LIVE + timedelta(seconds=seconds)


def test_a_session_that_goes_live_has_its_provider_asked_at_once() -> None:
    assert steps(PICTURE, at(1)) == [Step(PROVIDER, "live")]
    assert steps(replace(PICTURE, asked=[Asked(PROVIDER, at(1))]), at(10)) == []


def test_what_runs_is_left_alone() -> None:
    running = replace(PICTURE, asked=[Asked(PROVIDER, at(1))], seen=[Seen("eg-1")])
    assert steps(running, at(600)) == []


def test_one_that_never_starts_is_restarted_then_the_spare_follows_within_the_minute() -> None:
    waiting = replace(PICTURE, asked=[Asked(PROVIDER, at(1))])
    assert steps(waiting, at(17)) == [Step(PROVIDER, "restart")]
    again = replace(PICTURE, asked=[Asked(PROVIDER, at(1)), Asked(PROVIDER, at(17))])
    assert steps(again, at(22)) == []
    assert steps(again, at(28)) == [Step(OWN, "spare")]


def test_one_that_says_it_is_starting_is_given_more_time() -> None:
    starting = replace(PICTURE, asked=[Asked(PROVIDER, at(1))], starting=True)
    assert steps(starting, at(20)) == []
    assert steps(starting, at(32)) == [Step(PROVIDER, "restart")]


def test_one_that_fails_in_mid_lesson_is_restarted_at_once() -> None:
    failed = replace(PICTURE, asked=[Asked(PROVIDER, at(1))], seen=[Seen("eg-1", lost_at=at(600))])
    assert steps(failed, at(603)) == [Step(PROVIDER, "restart")]
    asked = replace(failed, asked=[Asked(PROVIDER, at(1)), Asked(PROVIDER, at(603))])
    assert steps(asked, at(608)) == []
    assert steps(asked, at(614)) == [Step(OWN, "spare")]


def test_one_that_went_quiet_gets_restart_and_spare_together() -> None:
    quiet = replace(PICTURE, asked=[Asked(PROVIDER, at(1))], seen=[Seen("eg-1", at(600), quiet=True)])
    assert steps(quiet, at(646)) == [Step(PROVIDER, "restart"), Step(OWN, "spare")]


def test_a_provider_that_refuses_brings_the_spare_at_once() -> None:
    refused = replace(PICTURE, asked=[Asked(PROVIDER, at(1), over=True)])
    assert steps(refused, at(5)) == [Step(OWN, "spare")]


def test_a_provider_is_not_asked_for_ever() -> None:
    asked = [Asked(PROVIDER, at(each)) for each in (1, 17, 33, 49)]
    tired = replace(PICTURE, asked=[*asked, Asked(OWN, at(28))])
    assert steps(tired, at(120)) == []


def test_where_the_provider_cannot_record_our_own_does_from_the_start() -> None:
    assert steps(replace(PICTURE, provider=False), at(1)) == [Step(OWN, "live")]


def test_off_is_off() -> None:
    off = replace(PICTURE, mode="off", asked=[Asked(PROVIDER, at(1)), Asked(PROVIDER, at(17))])
    assert Step(OWN, "spare") not in steps(off, at(60))


def test_beside_runs_from_the_start_and_once() -> None:
    beside = replace(PICTURE, mode="beside")
    assert steps(beside, at(1)) == [Step(PROVIDER, "live"), Step(OWN, "beside")]
    both = replace(beside, asked=[Asked(PROVIDER, at(1)), Asked(OWN, at(1))], seen=[Seen("eg-1")])
    assert steps(both, at(60)) == []
    late = replace(beside, asked=[Asked(PROVIDER, at(1))], seen=[Seen("eg-1")])
    assert steps(late, at(60)) == [Step(OWN, "beside")]


@pytest.mark.parametrize("seconds", [10, 31])
def test_our_own_recorder_that_could_not_is_asked_again_after_a_while(seconds: int) -> None:
    gone = replace(PICTURE, provider=False, asked=[Asked(OWN, at(1), over=True)])
    assert steps(gone, at(1 + seconds)) == ([Step(OWN, "live")] if seconds > 30 else [])
