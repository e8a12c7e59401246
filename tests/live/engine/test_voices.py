"""Whether the instructor can be heard."""

from __future__ import annotations

from tests.live.engine.cast import Lesson, Row, cases


def whole() -> Lesson:
    """All in at 0, Ana's microphone published."""
    return Lesson().planned().ready().all_in(0).track("published", "ana", 1)


def told(lesson: Lesson, until: float = 3000) -> list[Row]:
    return [case for case in cases(lesson, until) if case[0] == "inaudible"]


def levels(lesson: Lesson, start: int, until: int, level: float) -> Lesson:
    for moment in range(start, until + 1, 10):
        lesson.report("iris", moment, audio_level=level)
    return lesson


def test_a_minute_live_without_a_microphone_is_a_case_until_heard() -> None:
    lesson = whole().track("published", "iris", 100).report("iris", 110, audio_level=0.01)
    assert told(lesson, 300) == [("inaudible", "iris", 60, 110)]


def test_no_microphone_is_judged_only_where_somebody_has_one() -> None:
    assert told(Lesson().planned().ready().all_in(0), 500) == []


def test_speech_is_being_heard() -> None:
    assert told(whole().speech("iris", 30, 40), 99) == []
    assert told(whole().speech("iris", 30, 40), 101) == [("inaudible", "iris", 100, None)]
    assert told(whole().speech("iris", 80, 90), 120) == [("inaudible", "iris", 60, 80)]


def test_an_open_microphone_with_nothing_in_it_is_a_case_after_a_minute() -> None:
    lesson = levels(levels(whole().track("published", "iris", 0), 10, 100, 0.02), 110, 200, 0.0)
    assert told(lesson, 200) == [("inaudible", "iris", 160, None)]


def test_a_level_at_the_bound_is_heard() -> None:
    lesson = whole().track("published", "iris", 0)
    assert told(levels(lesson, 10, 500, 0.001), 500) == []


def test_muted_is_not_inaudible_and_clears() -> None:
    lesson = levels(whole().track("published", "iris", 0).track("muted", "iris", 5), 10, 500, 0.0)
    assert told(lesson, 500) == []
    lesson = levels(whole().track("published", "iris", 0), 10, 90, 0.0).track("muted", "iris", 95)
    assert told(lesson, 500) == [("inaudible", "iris", 60, 95)]


def test_a_microphone_without_any_report_is_not_judged() -> None:
    assert told(whole().track("published", "iris", 0), 2000) == []


def test_the_minute_counts_from_being_live() -> None:
    lesson = Lesson().planned().ready().join("iris", -300).join("ana", 0).track("published", "ana", 1)
    assert told(lesson, 100) == [("inaudible", "iris", 60, None)]


def test_half_a_minute_without_and_half_a_minute_dead_are_not_a_minute_of_either() -> None:
    lesson = levels(whole().track("published", "iris", 40), 50, 90, 0.0)
    assert told(lesson, 95) == []
    lesson = levels(whole().track("published", "iris", 40), 50, 110, 0.0)
    assert told(lesson, 115) == [("inaudible", "iris", 100, None)]


def test_leaving_ends_the_tracks_and_clears() -> None:
    lesson = whole().leave("iris", 100).join("iris", 120)
    assert told(lesson, 300) == [("inaudible", "iris", 60, 100), ("inaudible", "iris", 180, None)]


def test_the_end_clears_it_for_good() -> None:
    assert told(whole().add("room.ended", 100), 500) == [("inaudible", "iris", 60, 100)]
    assert told(whole().add("session.cancelled", 100), 500) == [("inaudible", "iris", 60, 100)]


def test_a_microphone_told_late_takes_the_case_back() -> None:
    lesson = (
        whole().track("published", "iris", 30, arrives=80).report("iris", 40, audio_level=0.1, arrives=80)
    )
    assert told(lesson, 200) == []


def test_voices_count_for_the_instructor_whom_a_later_line_names() -> None:
    lesson = Lesson().all_in(0).track("published", "ana", 1).track("published", "iris", 1)
    levels(lesson, 10, 100, 0.0)
    lesson.planned(-7200, arrives=150)
    assert told(lesson, 200) == [("inaudible", "iris", 70, None)]
