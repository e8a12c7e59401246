"""Rules that change while a session runs: each moment is judged by those then in force."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.live.engine.engine import Engine
from callboard.live.engine.events import LogEvent
from callboard.live.engine.outputs import Cleared, Output, Raised, Withdrawn
from callboard.live.engine.thresholds import Rules, with_overrides
from callboard.live.engine.world import World
from tests.live.engine.cast import Heard, Lesson, at


def rules(number: int, **values: Any) -> Rules:
    kinds = values.pop("rules", {})
    return with_overrides({**values, "rules": kinds}, f"0:{number}", number)


def heard(
    events: list[LogEvent], until: float, *versions: Rules, partitions: int = 1, quiet: bool = False
) -> Heard:
    found = Heard()
    world = World(
        found.hear, partitions=partitions, judge_quiet=quiet, versions={one.version: one for one in versions}
    )
    for event in events:
        world.arrive(event, max(world.now, event.received_at or event.at))
    world.run(at(until))
    return found


def start(**changes: Any) -> Lesson:
    return Lesson().planned(**changes).ready()


def test_a_longer_wait_clears_what_the_shorter_alone_raised_and_raises_it_in_its_time() -> None:
    lesson = start().join("ana", 0).join("ben", 0).planned(180, rules="0:1")
    found = heard(lesson.events, 400, rules(1, instructor_after_s=300))
    assert found.rows() == [
        ("instructor_missing", "iris", 120, 180),
        ("instructor_missing", "iris", 300, None),
    ]
    assert found.withdrawn == []


def test_what_a_stricter_rule_would_have_raised_before_it_was_in_force_is_not_raised() -> None:
    lesson = start().all_in().leave("ana", 100).join("ana", 160).leave("ben", 300).planned(400, rules="0:1")
    found = heard(lesson.join("ben", 500).events, 600, rules(1, dropped_after_s=30))
    assert found.rows() == [("dropped", "ben", 390, 500)]
    assert heard(lesson.events, 600, rules(1, dropped_after_s=150)).rows() == [
        ("dropped", "ben", 390, 400),
        ("dropped", "ben", 450, 500),
    ]


def test_a_deadline_that_has_passed_counts_from_the_change() -> None:
    lesson = start().all_in().leave("ana", 100).planned(150, rules="0:1")
    assert heard(lesson.events, 600, rules(1, dropped_after_s=30)).rows() == [("dropped", "ana", 150, None)]


def test_a_rule_that_is_off_tells_nobody_and_clears_what_it_had_raised() -> None:
    off = rules(1, rules={"dropped": {"on": False}})
    lesson = start().all_in().leave("ana", 100).planned(300, rules="0:1").leave("ben", 400)
    found = heard(lesson.events, 900, off)
    assert found.rows() == [("dropped", "ana", 190, 300)]
    assert found.withdrawn == []


def test_a_rule_that_is_on_again_raises_what_holds() -> None:
    off, on = rules(1, rules={"dropped": {"on": False}}), rules(2)
    lesson = start(rules="0:1").all_in().leave("ana", 100).planned(500, rules="0:2")
    assert heard(lesson.events, 900, off, on).rows() == [("dropped", "ana", 500, None)]


def test_an_unstable_that_is_off_leaves_its_kinds_to_themselves() -> None:
    lesson = start(rules="0:1").all_in()
    for moment in (100, 250, 400):
        lesson.leave("ana", moment).join("ana", moment + 100)
    found = heard(lesson.events, 900, rules(1, rules={"unstable": {"on": False}}))
    assert [row[0] for row in found.rows()] == ["dropped"] * 3
    found = heard(lesson.events, 900, rules(1, rules={"dropped": {"on": False}}))
    assert found.rows() == []


def test_a_severity_is_that_of_the_rules_then_in_force() -> None:
    lesson = start().all_in().leave("ana", 100).join("ana", 200).planned(210, rules="0:1").leave("ana", 300)
    found = heard(lesson.events, 500, rules(1, rules={"dropped": {"severity": "now"}}))
    raised = [(one.raised_at, one.severity) for one in found.said if isinstance(one, Raised)]
    assert raised == [(at(190), "soon"), (at(390), "now")]


def test_connections_recorders_and_microphones_change_with_their_rules() -> None:
    lesson = start(recording=True).all_in(0)
    lesson.track("published", "ana", 1).planned(70, recording=True, rules="0:1")
    for moment in range(20, 140, 10):
        lesson.report("ben", moment, loss=0.06)
    story = sorted(lesson.events, key=lambda event: event.at)
    eased = rules(1, loss=0.1, recording_after_live_s=100, inaudible_after_s=100)
    found = heard(story, 130, eased)
    assert found.rows() == [
        ("bad_connection", "ben", 30, None),
        ("inaudible", "iris", 60, 70),
        ("recording_not_started", None, 60, 70),
        ("inaudible", "iris", 100, None),
        ("recording_not_started", None, 100, None),
    ]


def test_a_bad_connection_that_is_off_and_on_again_is_raised_by_the_next_bad_report() -> None:
    lesson = start().all_in(0).planned(45, rules="0:1").planned(95, rules="0:2")
    for moment in range(20, 130, 10):
        lesson.report("ben", moment, loss=0.06)
    story = sorted(lesson.events, key=lambda event: event.at)
    found = heard(story, 130, rules(1, rules={"bad_connection": {"on": False}}), rules(2))
    assert found.rows() == [("bad_connection", "ben", 30, 45), ("bad_connection", "ben", 100, None)]


def test_late_evidence_is_judged_by_the_rules_of_its_own_time() -> None:
    lesson = start().all_in(0).planned(100, rules="0:1")
    lesson.leave("ana", 20, arrives=200).report("ben", 90, 205, loss=0.06)
    lesson.report("ben", 80, 206, loss=0.06)
    found = heard(lesson.events, 210, rules(1, dropped_after_s=500, loss=0.5))
    assert found.rows() == [("bad_connection", "ben", 90, None)]


@pytest.mark.parametrize("cut", [4, 6, 8])
def test_a_snapshot_keeps_the_rules_that_were_in_force(cut: int) -> None:
    versions = {one.version: one for one in (rules(1, dropped_after_s=30), rules(2, dropped_after_s=200))}
    lesson = start(rules="0:1").all_in(0).leave("ana", 50).planned(70, rules="0:2").leave("ben", 80)
    lesson.report("iris", 90, loss=0.1).report("iris", 100, loss=0.1)

    def told(engine: Engine, events: list[LogEvent]) -> list[Output]:
        out = [one for event in events for one in engine.feed(event, event.at)]
        return [one for one in out if isinstance(one, Raised | Cleared | Withdrawn)]

    engine = Engine(versions=versions)
    first = told(engine, lesson.events[:cut])
    again = Engine.restore(engine.snapshot(), versions=versions)
    rest = told(engine, lesson.events[cut:]) + engine.advance(at(400))
    assert told(again, lesson.events[cut:]) + again.advance(at(400)) == rest
    kinds = [(one.kind, one.raised_at) for one in [*first, *rest] if isinstance(one, Raised)]
    assert kinds == [("bad_connection", at(100)), ("dropped", at(250)), ("dropped", at(280))]
    assert again.sessions[0, "s-1"].rules is versions["0:2"]


@pytest.mark.parametrize("partitions", [1, 8])
def test_what_concerns_several_sessions_goes_by_the_newest_rules(partitions: int) -> None:
    newest = rules(3, quiet_after_s=40, incident_sessions=2, rules={"provider_quiet": {"severity": "watch"}})
    events: list[LogEvent] = []
    for name in ("s-1", "s-2"):
        lesson = (
            Lesson(name).planned(rules="0:3", instructor=f"iris-{name}", learners=(f"ana-{name}",)).ready()
        )
        events += lesson.join(f"iris-{name}", -60).join(f"ana-{name}", -59).events
    found = heard(sorted(events, key=lambda one: one.at), 100, newest, partitions=partitions, quiet=True)
    quiet = [one for one in found.said if isinstance(one, Raised) and one.kind == "provider_quiet"]
    assert {(one.raised_at, one.severity) for one in quiet} == {(at(-19), "watch")}
    assert {one.sessions for one in found.incidents.values()} == {("s-1", "s-2")}
    silent = rules(3, rules={"provider_quiet": {"on": False}})
    found = heard(sorted(events, key=lambda one: one.at), 200, silent, partitions=partitions, quiet=True)
    assert [one.kind for one in found.said if isinstance(one, Raised)] == []
