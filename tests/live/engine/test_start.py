"""Room, instructor and learners at the start; plans that come late, change, or are called off."""

from __future__ import annotations

from tests.live.engine.cast import Lesson, cases


def test_a_room_that_is_not_ready_in_time_is_a_case_until_it_is() -> None:
    lesson = Lesson().planned().add("room.ready", -600)
    assert cases(lesson, -500) == [("room_not_ready", None, -900, -600)]


def test_a_room_ready_at_the_very_moment_is_raised_before_it() -> None:
    assert cases(Lesson().planned().ready(-900), -500) == [("room_not_ready", None, -900, -900)]


def test_a_room_ready_a_millisecond_before_raises_nothing() -> None:
    assert cases(Lesson().planned().ready(-900.001), -500) == []


def test_a_join_says_that_the_room_is_ready() -> None:
    assert cases(Lesson().planned().join("ana", -1000), -500) == []


def test_a_session_planned_late_has_two_minutes_for_its_room() -> None:
    assert cases(Lesson().planned(-600), -470) == [("room_not_ready", None, -480, None)]
    assert cases(Lesson().planned(-600).ready(-481), -400) == []
    assert cases(Lesson().planned(-900).ready(-800), -700) == [("room_not_ready", None, -900, -800)]


def test_an_instructor_is_missed_two_minutes_in() -> None:
    lesson = Lesson().planned().ready().join("ana", 0).join("ben", 0).join("iris", 300)
    assert cases(lesson, 500) == [("instructor_missing", "iris", 120, 300)]


def test_an_instructor_in_just_before_is_not_missed() -> None:
    lesson = Lesson().planned().ready().join("ana", 0).join("ben", 0).join("iris", 119.999)
    assert cases(lesson, 500) == []


def test_whoever_has_been_in_is_not_missing() -> None:
    lesson = (
        Lesson().planned().ready().join("iris", -300).leave("iris", -200).join("ana", -10).join("ben", -5)
    )
    assert cases(lesson, 500) == [("dropped", "iris", 90, None)]


def test_a_learner_is_missed_ten_minutes_in() -> None:
    lesson = Lesson().planned().ready().join("iris", 0).join("ana", 0).join("ben", 700)
    assert cases(lesson, 800) == [("learner_missing", "ben", 600, 700)]


def test_nobody_is_missed_once_it_has_ended() -> None:
    lesson = Lesson().planned().ready().join("ana", 0).add("room.ended", 100)
    assert cases(lesson, 800) == [("ended_early", None, 100, None)]


def test_a_deadline_that_had_passed_counts_from_the_plan() -> None:
    lesson = Lesson().add("room.ready", -1200).join("ana", 10).join("ben", 20).planned(400)
    assert cases(lesson, 500) == [("instructor_missing", "iris", 400, None)]


def test_a_new_plan_clears_what_the_old_one_alone_raised() -> None:
    lesson = Lesson().planned().ready().join("ana", 0).join("ben", 0).planned(300, instructor="ida")
    assert cases(lesson, 400) == [
        ("instructor_missing", "iris", 120, 300),
        ("instructor_missing", "ida", 300, None),
    ]


def test_a_new_plan_keeps_what_it_would_have_raised_as_well() -> None:
    lesson = (
        Lesson().planned().ready().join("ana", 0).join("ben", 0).planned(300, learners=("ana", "ben", "cas"))
    )
    assert cases(lesson, 400) == [("instructor_missing", "iris", 120, None)]


def test_a_stranger_is_one_from_the_plan_on_that_does_not_know_them() -> None:
    lesson = Lesson().planned().ready().all_in().planned(300, learners=("ana",))
    assert cases(lesson, 400) == [("stranger", "ben", 300, None)]


def test_a_stranger_clears_when_they_leave() -> None:
    lesson = Lesson().planned().ready().all_in().join("eve", 200).leave("eve", 260.5)
    assert cases(lesson, 400) == [("stranger", "eve", 200, 260.5)]


def test_a_cancelled_session_clears_what_is_open_and_is_judged_no_more() -> None:
    lesson = Lesson().planned().ready().join("ana", 0).add("session.cancelled", 200).leave("ana", 300)
    assert cases(lesson, 4000) == [("instructor_missing", "iris", 120, 200)]


def test_a_later_plan_revives_a_cancelled_session_and_everyone_is_still_in() -> None:
    lesson = (
        Lesson().planned().ready().join("ana", 0).join("ben", 1).add("session.cancelled", 50).planned(200)
    )
    assert cases(lesson, 300) == [("instructor_missing", "iris", 200, None)]


def test_without_a_plan_nothing_is_missed() -> None:
    lesson = Lesson().join("ana", 0).join("ben", 0).leave("ana", 100).leave("ben", 200)
    assert cases(lesson, 4000) == []
