"""Bad connections: each direction for itself, in rows."""

from __future__ import annotations

from typing import Any

from tests.live.engine.cast import Lesson, Row, cases

BAD: dict[str, Any] = {"loss": 0.2, "rtt_ms": 50, "jitter_ms": 5}
GOOD: dict[str, Any] = {"loss": 0.0, "rtt_ms": 50, "jitter_ms": 5}
MIDDLING: dict[str, Any] = {"loss": 0.04, "rtt_ms": 50, "jitter_ms": 5}
FIGURES = {"b": BAD, "g": GOOD, "m": MIDDLING, "n": {}}


def course(letters: str, start: int = 610, **more: Any) -> Lesson:
    lesson = Lesson().planned().ready().all_in(0)
    for number, letter in enumerate(letters):
        lesson.report("ana", start + 10 * number, **FIGURES[letter], **more)
    return lesson


def told(lesson: Lesson, until: float = 3000) -> list[Row]:
    return [case for case in cases(lesson, until) if case[0] in {"bad_connection", "unstable"}]


def test_twenty_bad_seconds_are_a_case_until_thirty_good_ones() -> None:
    assert told(course("bbggg"), 900) == [("bad_connection", "ana", 620, 650)]


def test_a_good_or_middling_report_breaks_the_row() -> None:
    assert told(course("bgbmbgb"), 900) == []


def test_a_report_without_figures_is_as_if_it_were_not_there() -> None:
    assert told(course("bnnnb"), 900) == [("bad_connection", "ana", 650, None)]


def test_middling_does_not_clear_and_the_good_row_starts_anew() -> None:
    assert told(course("bbggmggg"), 900) == [("bad_connection", "ana", 620, 680)]


def test_intervals_sum_however_long_they_are() -> None:
    assert told(course("bbbb", interval=5.0), 900) == [("bad_connection", "ana", 640, None)]
    assert told(course("b", interval=20.0), 900) == [("bad_connection", "ana", 610, None)]


def test_at_the_bounds_nothing_is_bad() -> None:
    lesson = Lesson().planned().ready().all_in(0)
    for moment in range(610, 700, 10):
        lesson.report("ana", moment, loss=0.05, rtt_ms=500, jitter_ms=60)
    assert told(lesson, 900) == []


def test_directions_count_each_for_itself() -> None:
    lesson = course("b").report("ana", 611, direction="down", **BAD)
    assert told(lesson, 900) == []
    lesson = course("bb")
    for moment in (610, 620, 630):
        lesson.report("ana", moment, direction="down", **BAD)
    for moment in (630, 640, 650):
        lesson.report("ana", moment, **GOOD)
    assert told(lesson, 900) == [("bad_connection", "ana", 620, None)]
    for moment in (660, 670, 680):
        lesson.report("ana", moment, direction="down", **GOOD)
    assert told(lesson, 900) == [("bad_connection", "ana", 620, 680)]


def test_leaving_clears_it_and_the_row_starts_anew() -> None:
    lesson = course("bbb").leave("ana", 634).join("ana", 640).report("ana", 645, **BAD)
    assert told(lesson, 660) == [("bad_connection", "ana", 620, 634)]


def test_the_end_clears_it() -> None:
    assert told(course("bb").add("room.ended", 640), 900) == [("bad_connection", "ana", 620, 640)]


def test_again_and_again_is_unstable() -> None:
    lesson = course("bbggg" * 4)
    assert told(lesson, 2000) == [
        ("bad_connection", "ana", 620, 650),
        ("bad_connection", "ana", 670, 700),
        ("unstable", "ana", 720, 1400),
    ]


def test_without_a_plan_connections_are_judged_too() -> None:
    lesson = Lesson().report("ana", 10, **BAD).report("ana", 20, **BAD)
    assert told(lesson, 100) == [("bad_connection", "ana", 20, None)]


def test_a_good_report_that_comes_late_takes_the_case_back() -> None:
    lesson = Lesson().planned().ready().all_in(0)
    lesson.report("ana", 610, **BAD).report("ana", 620, arrives=650, **GOOD).report("ana", 630, **BAD)
    assert told(lesson, 900) == []
