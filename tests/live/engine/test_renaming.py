"""An engine whose snapshot was put under another name goes on as if it had been under it from the start."""

from __future__ import annotations

import msgspec
import pytest

from callboard.lib.redaction import Redaction
from callboard.live import signals
from callboard.live.engine.engine import Engine
from callboard.live.engine.events import LogEvent
from callboard.live.engine.renaming import renamed, renamed_signals
from tests.live.engine.cast import Lesson, at


def lesson(who: str) -> list[LogEvent]:
    """One in which whoever learns has a bad connection, drops, and is back."""
    told = Lesson().planned(learners=[who, "ben"]).ready().join("iris", -60).join(who, -30).join("ben", -20)
    told.track("published", who, 0).speech(who, 20, 30)
    for second in range(40, 100, 10):
        told.report(who, second, loss=0.2)
    told.leave(who, 300).join(who, 500).leave("iris", 3600)
    return sorted(told.events, key=lambda each: each.at)


def said(engine: Engine, events: list[LogEvent], until: float) -> list[str]:
    found = []
    for event in events:
        found += engine.feed(event, event.at)
    found += engine.advance(at(until))
    return [repr(each) for each in found]


def test_a_snapshot_goes_on_under_the_other_name() -> None:
    former, latter = lesson("per_ana"), lesson("per_new")
    half = len(former) // 2
    one, other = Engine(), Engine()
    said(one, former[:half], 200)
    said(other, latter[:half], 200)
    name = Redaction({"per_ana": "per_new"}).text
    again = Engine.restore(renamed(one.snapshot(), former[0].organization, name))
    assert "per_ana" in repr(msgspec.msgpack.decode(one.snapshot()))
    assert b"per_ana" not in again.snapshot()
    assert said(again, latter[half:], 4000) == said(other, latter[half:], 4000)


def test_another_organizations_rows_stay_as_they_are() -> None:
    engine = Engine()
    said(engine, lesson("per_ana"), 200)
    state = engine.snapshot()
    assert renamed(state, 99, Redaction({"per_ana": "per_new"}).text) == state


def test_what_is_kept_of_a_closed_session_is_under_the_other_name() -> None:
    name = Redaction({"per_ana": "per_new"}).text
    changed = renamed_signals(signals.pack(lesson("per_ana")), name)
    expected = signals.pack(lesson("per_new"))
    assert signals.unpack(changed, 1, "s-1") == signals.unpack(expected, 1, "s-1")


def test_bytes_that_are_no_image_are_refused() -> None:
    with pytest.raises(ValueError, match="no image"):
        renamed(msgspec.msgpack.encode([1]), 1, str)
