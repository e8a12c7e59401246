"""Rooms whose provider tells people's connections apart, and rooms whose server is gone."""

from __future__ import annotations

import msgspec

from callboard.live.engine.engine import Engine
from callboard.live.engine.events import Joined, Left, Lost, decode_line
from tests.live.engine.cast import Lesson, at, cases, play


def whole() -> Lesson:
    lesson = Lesson().planned().ready()
    for who in ("iris", "ana", "ben"):
        lesson.add("participant.joined", -60, who, Joined(None, f"{who}-1"))
    return lesson


def comes(lesson: Lesson, who: str, link: str, seconds: float, arrives: float | None = None) -> Lesson:
    return lesson.add("participant.joined", seconds, who, Joined(None, link), arrives)


def goes(lesson: Lesson, who: str, link: str | None, seconds: float, arrives: float | None = None) -> Lesson:
    return lesson.add("participant.left", seconds, who, link and Left(link), arrives)


def test_who_leaves_with_one_of_two_connections_is_still_in() -> None:
    assert cases(goes(comes(whole(), "ana", "ana-2", 100), "ana", "ana-1", 110), 800) == []


def test_who_leaves_with_the_last_connection_is_out() -> None:
    lesson = goes(comes(whole(), "ana", "ana-2", 100), "ana", "ana-1", 110)
    assert cases(goes(lesson, "ana", "ana-2", 200), 800) == [("dropped", "ana", 290, None)]


def test_a_leave_that_names_no_connection_takes_them_out_wholly() -> None:
    lesson = goes(comes(whole(), "ana", "ana-2", 100), "ana", None, 200)
    assert cases(lesson, 800) == [("dropped", "ana", 290, None)]


def test_a_join_told_after_its_own_leave_does_not_last() -> None:
    lesson = goes(whole(), "ana", "ana-1", 100)
    lesson = goes(lesson, "ana", "ana-2", 150.0)
    lesson = comes(lesson, "ana", "ana-2", 149.0, arrives=152)
    assert cases(lesson, 800) == [("dropped", "ana", 240, None)]


def test_a_leave_cut_to_whole_seconds_ends_the_join_of_the_same_second() -> None:
    lesson = goes(goes(whole(), "ana", "ana-1", 100), "ana", "ana-2", 120)
    assert cases(comes(lesson, "ana", "ana-2", 120.4), 800) == [("dropped", "ana", 190, None)]


def test_the_same_connection_may_come_back_later() -> None:
    lesson = comes(goes(whole(), "ana", "ana-1", 100), "ana", "ana-1", 160)
    assert cases(lesson, 800) == []


def test_the_end_of_the_room_ends_every_connection() -> None:
    lesson = comes(whole(), "ana", "ana-2", 100).add("room.ended", 3600)
    lesson = comes(lesson, "ana", "ana-3", 3700)
    view = play(lesson.events, 3800)
    assert view.rows() == []


def test_a_lost_room_is_a_case_until_there_is_one_again() -> None:
    lesson = whole().add("room.lost", 600, None, Lost("eu-2")).add("room.ready", 630)
    assert cases(lesson, 800) == [("room_lost", None, 600, 630)]


def test_anyones_join_clears_a_lost_room_though_none_has_left() -> None:
    lesson = comes(whole().add("room.lost", 600, None, Lost()), "ana", "ana-9", 620)
    assert cases(lesson, 800) == [("room_lost", None, 600, 620)]


def test_a_room_lost_after_the_end_is_no_case() -> None:
    assert cases(whole().add("room.ended", 3600).add("room.lost", 3700, None, Lost()), 3800) == []


def test_three_rooms_lost_on_a_node_are_one_incident_where_they_were() -> None:
    events = []
    for name in ("s-1", "s-2", "s-3"):
        lesson = Lesson(name).planned(instructor=f"iris-{name}", learners=(f"ana-{name}",)).ready()
        lesson.add("room.lost", -600, None, Lost("eu-7"))
        events += lesson.events
    heard = play(sorted(events, key=lambda event: event.at), -500)
    assert [(one.key, one.sessions) for one in heard.incidents.values()] == [
        ("node:eu-7", ("s-1", "s-2", "s-3"))
    ]


def test_a_snapshot_keeps_connections_and_what_was_left() -> None:
    lesson = goes(comes(whole(), "ana", "ana-2", 100), "ana", "ana-3", 150)
    engine = Engine()
    for event in lesson.events:
        engine.feed(event, event.at)
    again = Engine.restore(engine.snapshot())
    more = comes(goes(goes(Lesson(), "ana", "ana-1", 200), "ana", "ana-2", 200), "ana", "ana-3", 149.5)
    for number, event in enumerate(more.events):
        event.id = f"more-{number}"
        for one in (engine, again):
            one.feed(event, at(201))
    assert again.session_view(0, "s-1") == engine.session_view(0, "s-1")
    people = engine.session_view(0, "s-1")["people"]  # type: ignore[index]
    assert [one["inside"] for one in people if one["participant"] == "ana"] == [False]


def test_lines_name_connections_and_nodes() -> None:
    def data(kind: str, **sent: str) -> object:
        line = {"id": "1", "session": "s", "at": "2026-03-02T16:00:00Z", "participant": "ana"}
        return decode_line(msgspec.json.encode({**line, "kind": kind, "data": sent})).data

    assert data("participant.joined", connection="c") == Joined(None, "c")
    assert data("participant.left", connection="c") == Left("c")
    assert data("participant.left", reason="x") is None
    assert data("room.lost", node="eu-1") == Lost("eu-1")
