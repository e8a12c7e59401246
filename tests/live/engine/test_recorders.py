"""Recordings: not started, stalled, missing and bad."""

from __future__ import annotations

from tests.live.engine.cast import Lesson, Row, cases


def whole() -> Lesson:
    return Lesson().planned(recording=True).ready().all_in(0)


def told(lesson: Lesson, until: float = 3000) -> list[Row]:
    return [case for case in cases(lesson, until) if case[0].startswith("recording") or case[0] == "unstable"]


def steady(lesson: Lesson, start: float, until: float, name: str = "rec-1") -> Lesson:
    lesson.recorder("started", start, name)
    for moment in range(int(start) + 30, int(until) + 1, 30):
        lesson.progress(moment, moment - start, name)
    return lesson


def test_live_for_a_minute_without_a_recorder_is_a_case_until_one_runs() -> None:
    assert told(whole().recorder("started", 100), 110) == [("recording_not_started", None, 60, 100)]
    assert told(whole().recorder("started", 59.9), 110) == []


def test_the_minute_of_being_live_is_without_a_break() -> None:
    lesson = whole().leave("iris", 50).join("iris", 55).recorder("started", 114)
    assert told(lesson, 114) == []


def test_a_recorder_that_fails_before_it_ran_has_not_run() -> None:
    assert told(whole().recorder("failed", 20), 200) == [("recording_not_started", None, 60, None)]


def test_no_recording_wanted_is_no_case() -> None:
    assert told(Lesson().planned().ready().all_in(0), 500) == []


def test_a_plan_that_wants_no_recording_any_more_clears_it() -> None:
    assert told(whole().planned(100), 200) == [("recording_not_started", None, 60, 100)]


def test_where_no_recording_is_wanted_any_more_a_recorder_stops_rightly_and_no_file_is_waited_for() -> None:
    lesson = steady(whole(), 10, 600).planned(605).recorder("stopped", 610).add("room.ended", 3600)
    assert told(lesson, 6000) == []


def test_giving_it_up_clears_what_had_stalled() -> None:
    lesson = steady(whole(), 10, 600).recorder("stopped", 610).planned(700)
    assert told(lesson, 2000) == [("recording_stalled", None, 670, 700)]


def test_wanted_again_a_recorder_has_a_minute_to_run_again() -> None:
    lesson = steady(whole(), 10, 600).planned(605).recorder("stopped", 610).planned(900, recording=True)
    assert told(lesson, 1000) == [("recording_stalled", None, 960, None)]


def test_a_recorder_that_stops_stalls_the_recording_a_minute_later() -> None:
    lesson = steady(whole(), 10, 600).recorder("stopped", 610)
    steady(lesson, 700, 800, "rec-2")
    assert told(lesson, 840) == [("recording_stalled", None, 670, 730)]


def test_another_recorder_within_the_minute_takes_over() -> None:
    lesson = steady(whole(), 10, 600).recorder("failed", 610)
    assert told(steady(lesson, 669, 800, "rec-2"), 840) == []


def test_a_recorder_without_progress_for_two_minutes_is_stuck() -> None:
    lesson = steady(whole(), 10, 600).progress(640, 560).progress(700, 560).progress(760, 700)
    assert told(lesson, 800) == [("recording_stalled", None, 580 + 120, 760)]


def test_the_same_seconds_again_are_no_progress() -> None:
    lesson = whole().recorder("started", 0).progress(30, 30)
    for moment in range(60, 300, 30):
        lesson.progress(moment, 30)
    assert told(lesson, 290) == [("recording_stalled", None, 150, None)]


def test_two_that_are_stuck_together_stall_a_minute_after_the_last_ran() -> None:
    lesson = whole().recorder("started", 0).recorder("started", 0, "rec-2")
    lesson.progress(30, 30).progress(40, 40, "rec-2")
    assert told(lesson, 400) == [("recording_stalled", None, 210, None)]


def test_it_must_be_live_when_it_is_raised() -> None:
    lesson = steady(whole(), 10, 600).recorder("stopped", 610).leave("iris", 650).join("iris", 700)
    assert told(lesson, 720) == [("recording_stalled", None, 700, None)]


def test_a_recording_without_a_file_is_missing_half_an_hour_after_the_end() -> None:
    lesson = steady(whole(), 10, 3570).recorder("stopped", 3590).add("room.ended", 3600)
    assert told(lesson, 5400) == [("recording_missing", None, 5400, None)]
    lesson.recorder("file", 5500, seconds=3580.0, bytes=9)
    assert told(lesson, 6000) == [("recording_missing", None, 5400, 5500)]


def test_nothing_is_missing_where_no_recorder_ran() -> None:
    assert told(whole().add("room.ended", 3600), 6000) == [("recording_not_started", None, 60, None)]


def test_a_silent_file_is_bad_and_so_is_a_short_one() -> None:
    def lesson() -> Lesson:
        return steady(whole(), 0, 3000).recorder("stopped", 3010).add("room.ended", 3020)

    assert told(lesson().recorder("file", 3100, seconds=3000.0, silent=True), 3200) == [
        ("recording_bad", None, 3100, None)
    ]
    assert told(lesson().recorder("file", 3100, seconds=2699.9), 3200) == [
        ("recording_bad", None, 3100, None)
    ]
    assert told(lesson().recorder("file", 3100, seconds=2700.0), 3200) == []


def test_without_progress_what_was_recorded_is_from_start_to_stop() -> None:
    lesson = whole().recorder("started", 0).recorder("stopped", 1000).add("room.ended", 1010)
    lesson.recorder("file", 1100, seconds=899.0)
    assert ("recording_bad", None, 1100, None) in told(lesson, 1200)


def test_a_recorder_that_fails_again_and_again_is_unstable() -> None:
    lesson = whole()
    for number, start in enumerate((0, 150, 300)):
        lesson.recorder("started", start, f"rec-{number}").progress(start + 30, 30, f"rec-{number}")
        lesson.recorder("stopped", start + 40, f"rec-{number}")
    lesson.recorder("started", 450, "rec-9").progress(480, 30, "rec-9")
    for moment in range(510, 1300, 30):
        lesson.progress(moment, moment - 450, "rec-9")
    assert told(lesson, 1290) == [
        ("recording_stalled", None, 100, 180),
        ("recording_stalled", None, 250, 330),
        ("unstable", None, 400, 1080),
    ]


def test_a_bare_recording_is_judged_by_two_people_in() -> None:
    lesson = Lesson().join("x", 0).join("y", 0)
    steady(lesson, 0, 300).recorder("stopped", 310)
    assert told(lesson, 400) == [("recording_stalled", None, 370, None)]
