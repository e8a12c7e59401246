"""A provider that goes quiet, and incidents."""

from __future__ import annotations

from typing import Any

from callboard.live.engine.events import LogEvent
from callboard.live.engine.incidents import Member, incidents_of
from callboard.live.engine.moments import SECOND
from callboard.live.engine.outputs import Place
from callboard.live.engine.thresholds import DEFAULT
from tests.live.engine.cast import Heard, Lesson, at, play

BAD: dict[str, Any] = {"loss": 0.2}


def arrived(*lessons: Lesson) -> list[LogEvent]:
    events = [event for lesson in lessons for event in lesson.events]
    return sorted(events, key=lambda event: event.received_at or event.at)


def quiet(heard: Heard) -> list[tuple[str, float, float | None]]:
    return [
        (one.session, (one.raised_at - at(0)) / SECOND, None if end is None else (end - at(0)) / SECOND)
        for one, end in heard.open.values()
        if one.kind == "provider_quiet"
    ]


def live(session: str = "s-1", **changes: Any) -> Lesson:
    return Lesson(session).planned(**changes).ready().all_in(0)


def test_ninety_seconds_of_nothing_from_a_provider_with_a_live_session_is_a_case() -> None:
    heard = play(arrived(live().poll(30).poll(150)), 151, judge_quiet=True)
    assert quiet(heard) == [("s-1", 120, 150)]


def test_something_at_the_very_moment_comes_after_the_case() -> None:
    assert quiet(play(arrived(live().poll(30).poll(120)), 121, judge_quiet=True)) == [("s-1", 120, 120)]
    assert quiet(play(arrived(live().poll(30).poll(119.999)), 121, judge_quiet=True)) == []


def test_a_provider_without_a_live_session_may_be_quiet() -> None:
    heard = play(
        arrived(Lesson().planned().ready().join("iris", 0).poll(30).poll(500)), 501, judge_quiet=True
    )
    assert quiet(heard) == []


def test_every_live_session_of_the_provider_lists_it() -> None:
    heard = play(
        arrived(live("s-1"), live("s-2"), live("s-3", provider="other").poll(50, "other")),
        100,
        judge_quiet=True,
    )
    assert quiet(heard) == [("s-1", 90, None), ("s-2", 90, None)]


def test_a_plan_and_a_clock_are_nothing_seen() -> None:
    lesson = live().planned(60, learners=("ana", "ben")).add("clock", 70)
    assert quiet(play(arrived(lesson), 100, judge_quiet=True)) == [("s-1", 90, None)]


def test_a_late_line_takes_the_quiet_back() -> None:
    lesson = live().report("ana", 80, arrives=95, loss=0.0)
    heard = play(arrived(lesson), 100, judge_quiet=True)
    assert quiet(heard) == []
    assert [(case.kind, case.raised_at, end) for case, end in heard.withdrawn] == [
        ("provider_quiet", at(90), at(95))
    ]


def member(session: str, seconds: float, cleared: float | None = None, who: str = "", **place: str) -> Member:
    return Member(at(seconds), session, who, Place(**place), None if cleared is None else at(cleared))


def test_three_sessions_on_one_node_are_an_incident_from_the_third_on() -> None:
    cases = [member(f"s-{n}", n * 10, 300 + n, node="eu-2", region="eu") for n in range(4)]
    [one] = incidents_of("bad_connection", cases, DEFAULT)
    assert (one.key, one.raised_at, one.cleared_at) == ("node:eu-2", at(20), at(303))
    assert one.sessions == ("s-0", "s-1", "s-2", "s-3")


def test_the_narrowest_that_they_share_names_it() -> None:
    cases = [member(f"s-{n}", n, node=f"eu-{n}", region="eu", provider="rooms") for n in range(3)]
    assert [one.key for one in incidents_of("dropped", cases, DEFAULT)] == ["region:eu"]
    cases = [member(f"s-{n}", n, node=f"eu-{n}", region="eu", instructor="iris") for n in range(3)]
    assert [one.key for one in incidents_of("dropped", cases, DEFAULT)] == ["instructor:iris"]


def test_it_takes_three_sessions_within_two_minutes_of_the_first() -> None:
    assert not incidents_of("dropped", [member("s-1", n, node="eu-2", who=str(n)) for n in range(9)], DEFAULT)
    assert not incidents_of("dropped", [member(f"s-{n}", n * 61, node="eu-2") for n in range(3)], DEFAULT)
    assert incidents_of("dropped", [member(f"s-{n}", n * 60, node="eu-2") for n in range(3)], DEFAULT)


def test_an_incident_is_open_while_one_of_its_cases_is() -> None:
    cases = [member(f"s-{n}", n, None if n == 1 else 100, node="eu-2") for n in range(3)]
    [one] = incidents_of("dropped", cases, DEFAULT)
    assert one.cleared_at is None


def test_sessions_that_go_bad_together_are_told_as_an_incident() -> None:
    lessons = []
    for number in range(3):
        lesson = live(f"s-{number}")
        for moment in (610, 620):
            lesson.report("ana", moment + number, **BAD)
        for moment in (630, 640, 650):
            lesson.report("ana", moment + number, loss=0.0)
        lessons.append(lesson)
    heard = play(arrived(*lessons), 700)
    [one] = heard.incidents.values()
    assert (one.key, one.kind, one.raised_at, one.cleared_at) == (
        "node:eu-2",
        "bad_connection",
        at(622),
        at(652),
    )
