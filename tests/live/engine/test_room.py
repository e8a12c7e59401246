"""Who drops out, when the room is empty, and how it ends."""

from __future__ import annotations

from tests.live.engine.cast import Lesson, at, cases, play


def whole() -> Lesson:
    return Lesson().planned().ready().all_in()


def test_somebody_gone_for_ninety_seconds_has_dropped() -> None:
    lesson = whole().leave("ana", 600).join("ana", 700)
    assert cases(lesson, 800) == [("dropped", "ana", 690, 700)]


def test_somebody_back_at_the_very_moment_had_dropped_before_it() -> None:
    assert cases(whole().leave("ana", 600).join("ana", 690), 800) == [("dropped", "ana", 690, 690)]


def test_somebody_back_just_before_has_not_dropped() -> None:
    assert cases(whole().leave("ana", 600).join("ana", 689.999), 800) == []


def test_nobody_drops_with_five_minutes_left() -> None:
    assert cases(whole().leave("ana", 3210), 3550) == []
    assert cases(whole().leave("ana", 3209), 3550) == [("dropped", "ana", 3299, None)]


def test_a_drop_counts_from_the_planned_start() -> None:
    assert cases(whole().leave("ana", -50), 200) == [("dropped", "ana", 90, None)]


def test_a_stranger_does_not_drop() -> None:
    lesson = whole().join("eve", 100).leave("eve", 200)
    assert cases(lesson, 800) == [("stranger", "eve", 100, 200)]


def test_the_ninety_seconds_start_anew_when_an_empty_room_fills() -> None:
    lesson = whole().leave("ana", 600).leave("ben", 630).leave("iris", 640).join("iris", 680).join("ben", 681)
    assert cases(lesson, 800) == [("dropped", "ana", 770, None)]


def test_a_room_empty_for_a_minute_is_a_case_until_somebody_is_back() -> None:
    lesson = whole().leave("ana", 600).leave("ben", 601).leave("iris", 602).join("iris", 700).join("ana", 701)
    lesson.join("ben", 702)
    assert cases(lesson, 800) == [("room_empty", None, 662, 700)]


def test_a_drop_gives_way_to_an_empty_room() -> None:
    lesson = whole().leave("ana", 600).leave("ben", 700).leave("iris", 701)
    lesson.join("iris", 800).join("ben", 801).join("ana", 802)
    assert cases(lesson, 900) == [("dropped", "ana", 690, 761), ("room_empty", None, 761, 800)]


def test_an_empty_room_gives_way_to_the_end() -> None:
    lesson = whole().leave("ana", 600).leave("ben", 601).leave("iris", 602)
    assert cases(lesson, 2000) == [("room_empty", None, 662, 902), ("ended_early", None, 902, None)]


def test_a_room_closed_while_empty_ends_there() -> None:
    lesson = whole().leave("ana", 600).leave("ben", 601).leave("iris", 602).add("room.ended", 700)
    assert cases(lesson, 2000) == [("room_empty", None, 662, 700), ("ended_early", None, 700, None)]


def test_a_fifth_missing_is_not_early() -> None:
    assert cases(whole().add("room.ended", 2880), 5000) == []
    assert cases(whole().add("room.ended", 2879.999), 5000) == [("ended_early", None, 2879.999, None)]


def test_what_is_missing_counts_from_the_last_leave_where_the_room_ran_empty() -> None:
    lesson = whole().leave("ana", 2879).leave("ben", 2879).leave("iris", 2879)
    assert ("ended_early", None, 3179, None) in cases(lesson, 5000)
    lesson = whole().leave("ana", 2880).leave("ben", 2880).leave("iris", 2880)
    assert "ended_early" not in {case[0] for case in cases(lesson, 5000)}


def test_an_end_by_emptiness_counts_from_the_planned_start() -> None:
    lesson = whole().leave("ana", -30).leave("ben", -30).leave("iris", -30)
    assert cases(lesson, 1000) == [("room_empty", None, 60, 300), ("ended_early", None, 300, None)]


def test_a_room_that_ended_with_nobody_ever_in_has_not_ended() -> None:
    lesson = Lesson().planned().ready().add("room.ended", 10)
    assert cases(lesson, 130) == [("instructor_missing", "iris", 120, None)]


def test_people_in_ten_minutes_after_the_end_overrun_until_all_have_left() -> None:
    lesson = whole().leave("ana", 4000).leave("ben", 4300).leave("iris", 4400)
    assert cases(lesson, 5000) == [("overrun", None, 4200, 4400)]


def test_the_end_of_the_room_takes_out_whoever_is_in() -> None:
    assert cases(whole().add("room.ended", 4500), 5000) == [("overrun", None, 4200, 4500)]


def test_the_third_drop_in_ten_minutes_is_unstable_until_ten_minutes_of_calm() -> None:
    lesson = whole()
    for start in (600, 750, 900, 1050):
        lesson.leave("ana", start).join("ana", start + 100)
    assert cases(lesson, 2000) == [
        ("dropped", "ana", 690, 700),
        ("dropped", "ana", 840, 850),
        ("unstable", "ana", 990, 1750),
    ]


def test_three_drops_over_more_than_ten_minutes_are_three() -> None:
    lesson = whole()
    for start in (600, 900, 1200.001):
        lesson.leave("ana", start).join("ana", start + 100)
    assert [case[0] for case in cases(lesson, 2000)] == ["dropped"] * 3
    lesson = whole()
    for start in (600, 900, 1200):
        lesson.leave("ana", start).join("ana", start + 100)
    assert [case[0] for case in cases(lesson, 2000)] == ["dropped", "dropped", "unstable"]


def test_the_end_of_the_session_clears_unstable() -> None:
    lesson = whole()
    for start in (600, 750, 900):
        lesson.leave("ana", start).join("ana", start + 100)
    lesson.add("room.ended", 1200)
    assert ("unstable", "ana", 990, 1200) in cases(lesson, 4000)


def test_a_late_return_takes_back_the_drop_it_disproves() -> None:
    lesson = whole().leave("ana", 600).join("ana", 680, arrives=720)
    heard = play(sorted(lesson.events, key=lambda one: one.received_at or one.at), 800)
    assert heard.rows() == []
    [(case, taken_back)] = heard.withdrawn
    assert (case.kind, case.raised_at, case.noticed_at, taken_back) == ("dropped", at(690), at(690), at(720))


def test_a_late_leave_raises_the_drop_when_it_is_known() -> None:
    lesson = whole().leave("ana", 600, arrives=750)
    heard = play(sorted(lesson.events, key=lambda one: one.received_at or one.at), 800)
    [(case, cleared)] = heard.open.values()
    assert (case.kind, case.raised_at, case.noticed_at, cleared) == ("dropped", at(690), at(750), None)


def test_what_falls_due_at_an_arrival_is_raised_before_it() -> None:
    lesson = whole().leave("ana", 600).join("ana", 689, arrives=690)
    heard = play(sorted(lesson.events, key=lambda one: one.received_at or one.at), 800)
    assert [case.kind for case, _ in heard.withdrawn] == ["dropped"]


def test_an_event_from_the_future_counts_when_its_time_has_come() -> None:
    lesson = whole().leave("ana", 600, arrives=500)
    heard = play(sorted(lesson.events, key=lambda one: one.received_at or one.at), 800)
    assert heard.rows() == [("dropped", "ana", 690, None)]
