"""The engine as its runner uses it: views, rules by version, forgetting, snapshots, some kinds alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from callboard.live.engine.engine import Engine
from callboard.live.engine.events import LogEvent
from callboard.live.engine.moments import HOUR, MINUTE
from callboard.live.engine.outputs import AttendanceChanged, Output, Raised, SessionChanged, Withdrawn
from callboard.live.engine.snapshot import OtherFormat
from callboard.live.engine.thresholds import DEFAULT, with_overrides
from tests.live.engine.cast import Lesson, at


def fed(engine: Engine, events: list[LogEvent]) -> list[Output]:
    out: list[Output] = []
    for event in events:
        out += engine.feed(event, event.received_at or event.at)
    return out


def lesson() -> Lesson:
    return Lesson().planned(recording=True).ready().all_in(0).recorder("started", 5).progress(35, 30)


def test_a_view_shows_who_is_in_and_what_runs() -> None:
    engine = Engine()
    fed(engine, lesson().speech("iris", 10, 40).leave("ben", 60).events)
    engine.advance(at(70))
    view = engine.session_view(0, "s-1")
    assert view is not None
    assert (view["status"], view["inside"], view["recording"]) == ("live", 2, True)
    people = {one["participant"]: one for one in view["people"]}
    assert (people["iris"]["role"], people["iris"]["talk_us"]) == ("instructor", 30_000_000)
    assert (people["ben"]["inside"], people["ben"]["left_at"]) == (False, at(60))
    assert engine.session_view(0, "s-2") is None


def test_changes_of_status_and_attendance_are_told_once() -> None:
    said = fed(Engine(), lesson().leave("ben", 60).add("room.ended", 90).events)
    assert [one.status for one in said if isinstance(one, SessionChanged)] == [
        "planned",
        "ready",
        "open",
        "live",
        "ended",
    ]
    ben = [one for one in said if isinstance(one, AttendanceChanged) and one.participant == "ben"]
    assert [(one.joins, one.left_at) for one in ben] == [(1, None), (1, at(60))]


def test_a_plan_is_judged_by_the_rules_that_it_names() -> None:
    strict = with_overrides({"instructor_after_s": 30}, "7")
    engine = Engine(versions={"7": strict})
    fed(engine, Lesson().planned(rules="7").ready().join("ana", 0).join("ben", 0).events)
    raised = [one for one in engine.advance(at(60)) if isinstance(one, Raised)]
    assert [(one.kind, one.raised_at) for one in raised] == [("instructor_missing", at(30))]
    restored = Engine.restore(engine.snapshot(), versions={"7": strict})
    assert restored.sessions[0, "s-1"].rules == strict


def test_an_override_that_is_unknown_or_no_number_is_refused() -> None:
    assert with_overrides({"loss": 0.1}, "1").loss == 0.1
    with pytest.raises(ValueError, match="unknown"):
        with_overrides({"unknown": 1}, "1")
    with pytest.raises(ValueError, match="loss"):
        with_overrides({"loss": "much"}, "1")
    assert DEFAULT.instructor_after == 2 * MINUTE


def test_organizations_keep_apart_sessions_of_the_same_name() -> None:
    ours = lesson().events
    theirs = [msgspec.structs.replace(event, organization=2) for event in ours]
    engine = Engine()
    fed(engine, ours[:3] + theirs)
    assert len(engine.sessions) == 2
    assert engine.duplicates == 0


def test_duplicates_are_counted_and_have_no_effect() -> None:
    engine = Engine()
    events = lesson().events
    fed(engine, events)
    assert fed(engine, events) == []
    assert engine.duplicates == len(events)


def test_a_session_that_is_over_settles_and_can_be_dropped() -> None:
    engine = Engine()
    fed(engine, lesson().add("room.ended", 3600).recorder("file", 3700, seconds=30.0).events)
    assert engine.settled(at(3700) + HOUR) == []
    assert engine.settled(at(3700) + 3 * HOUR) == [(0, "s-1")]
    engine.drop(0, "s-1")
    assert engine.next_due() is None
    assert engine.session_view(0, "s-1") is None


def test_evidence_that_is_too_late_asks_for_the_log_once_and_corrects_what_was_told() -> None:
    story = Lesson().planned().ready().all_in(0).leave("ana", 600)
    for moment in range(10, 3000, 5):
        story.report("iris", moment, loss=0.0)
    events = sorted(story.events, key=lambda event: event.at)
    engine = Engine(keep_us=5 * MINUTE)
    said = fed(engine, events)
    assert [one.kind for one in said if isinstance(one, Raised)] == ["dropped"]
    late = story.join("ana", 650, arrives=2995).events[-1]
    assert engine.feed(late, at(2995)) == []
    assert engine.needs_rebuild() == [(0, "s-1")]
    assert engine.needs_rebuild() == []
    out = engine.rebuild(0, "s-1", [*events, late], at(2995))
    assert [(one.kind, one.raised_at) for one in out if isinstance(one, Withdrawn)] == [("dropped", at(690))]


def test_some_kinds_alone_are_judged_where_asked() -> None:
    story = lesson().leave("ana", 600).report("iris", 610, interval=20.0, loss=0.5)
    everything = fed(Engine(), story.events)
    assert {one.kind for one in everything if isinstance(one, Raised)} == {
        "bad_connection",
        "recording_stalled",
    }
    engine = Engine(kinds=frozenset({"dropped"}))
    said = fed(engine, story.events) + engine.advance(at(800))
    assert {one.kind for one in said if isinstance(one, Raised)} == {"dropped"}


@pytest.mark.parametrize("data", [b"", b"\x81\xa6format\x63", b"nonsense"])
def test_a_snapshot_of_another_format_is_refused(data: bytes) -> None:
    with pytest.raises(OtherFormat):
        Engine.restore(data)


def test_a_snapshot_keeps_what_is_still_to_come() -> None:
    engine = Engine()
    events: list[Any] = lesson().events
    fed(engine, events)
    ahead = Lesson("s-9").leave("ana", 900).events[0]
    engine.feed(ahead, at(100))
    restored = Engine.restore(engine.snapshot())
    assert restored.next_due() == engine.next_due()
    assert restored.snapshot() == engine.snapshot()
