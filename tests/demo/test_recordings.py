"""Recorders fail in eight ways: each is a case in time where nobody helps; with the spare little is lost."""

from __future__ import annotations

import random

import pytest

from callboard.demo.recordings.fates import RATES
from callboard.demo.recordings.lesson import Lesson
from callboard.demo.recordings.run import START, judge, run
from callboard.live.engine.moments import SECOND
from callboard.live.engine.outputs import Raised

HALF_AN_HOUR = 1800.0

KINDS = {
    "never_started": "recording_not_started",
    "started_late": "recording_not_started",
    "stopped": "recording_stalled",
    "stalled": "recording_stalled",
    "failed": "recording_stalled",
    "unreported": "recording_stalled",
    "empty_file": "recording_bad",
    "short_file": "recording_bad",
}


def played(fault: str, seed: int, own: str = "spare", *, helped: bool) -> Lesson:
    lesson = Lesson(random.Random(f"{fault} {seed}"), HALF_AN_HOUR, own, fault, helped=helped)
    lesson.play()
    return lesson


def due(lesson: Lesson, fault: str) -> float:
    """When the contract raises it, in seconds since the lesson went live, by the evidence there is."""
    last = {each.kind: each.at for each in lesson.told}
    match fault:
        case "never_started" | "started_late":
            return 60.0
        case "stalled":
            shown = [each for each in lesson.told if each.kind == "recording.progress"]
            return shown[-1].at + 120
        case "empty_file" | "short_file":
            return last["recording.file"]
    ended = [each for each in lesson.told if each.kind in {"recording.stopped", "recording.failed"}]
    return ended[0].at + 60


def in_seconds(moment: int) -> float:
    return (moment - START) / SECOND


@pytest.mark.parametrize("fault", sorted(RATES))
def test_each_fault_that_nobody_helps_is_a_case_in_time(fault: str) -> None:
    for seed in range(6):
        lesson = played(fault, seed, helped=False)
        if fault == "started_late" and (lesson.first.fate.starts or 0) + lesson.first.asked < 60:
            continue
        found: list[Raised] = [case for case in judge(lesson) if case.kind == KINDS[fault]]
        assert len(found) == 1, (fault, seed, lesson.told)
        assert in_seconds(found[0].raised_at) == pytest.approx(due(lesson, fault), abs=0.01), (fault, seed)
        assert (found[0].noticed_at - found[0].raised_at) / SECOND <= 30, (fault, seed)


@pytest.mark.parametrize(
    "fault", ["never_started", "started_late", "stopped", "failed", "stalled", "unreported"]
)
def test_with_the_spare_no_fault_of_a_running_recorder_costs_a_minute(fault: str) -> None:
    for seed in range(15):
        lesson = played(fault, seed, helped=True)
        assert lesson.lost <= 60, (fault, seed, lesson.lost)


@pytest.mark.parametrize("fault", sorted(RATES))
def test_beside_it_no_fault_costs_half_a_minute(fault: str) -> None:
    for seed in range(6):
        lesson = played(fault, seed, "beside", helped=True)
        assert lesson.lost <= 30, (fault, seed, lesson.lost)


def test_a_bad_file_is_what_a_spare_that_waits_for_trouble_cannot_make_good() -> None:
    assert played("empty_file", 1, helped=True).lost == HALF_AN_HOUR


def test_the_figures_are_those_of_the_lessons_and_the_same_each_time() -> None:
    first = run(300, 7, "spare")
    assert first["sessions"] == 300
    assert first["lost_over_60s"] == sum(first["lost_over_60s_by"].values())
    assert first["lost_max_s"] >= first["lost_p50_s"] > 0
    again = run(300, 7, "spare")
    assert {**again, "elapsed_s": 0} == {**first, "elapsed_s": 0}
