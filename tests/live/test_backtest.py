"""A backtest passes over what decides nothing, and counts the very cases of the whole logs all the same."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callboard.live import backtest, signals
from callboard.live.engine.events import LogEvent
from callboard.live.engine.thresholds import Rules
from callboard.live.spared import spared
from callboard.live.thinned import thinned
from tests.live.engine.cast import Lesson, at
from tests.live.engine.test_properties import STORY, told
from tests.live.test_signals import raised

FOREVER = 1 << 60
Values = dict[str, Any]

CHANGES: list[Values] = [
    {"inaudible_after_s": 20},
    {"inaudible_after_s": 90, "audible_level": 0.01},
    {"bad_for_s": 40},
    {"bad_for_s": 10, "loss": 0.3},
    {"recorder_stuck_s": 60},
    {"recorder_stuck_s": 900, "recorder_gone_s": 30},
    {"file_share": 0.5, "recorder_stuck_s": 300},
    {"learner_after_s": 300},
    {"unstable_times": 2},
    {"ended_early_share": 0.5},
    {"ended_after_empty_s": 900},
    {"incident_sessions": 4},
    {"rules": {"inaudible": {"on": False}}},
    {"inaudible_after_s": 30, "bad_for_s": 30},
]


def counts_of(events: list[LogEvent], rules: Rules, kinds: frozenset[str] | None) -> dict[str, int]:
    """By kind, what the engine says of all the evidence."""
    counts: dict[str, int] = {}
    for kind, *_, of in raised(events, rules):
        if kinds is None or (of or kind) in kinds:
            counts[kind] = counts.get(kind, 0) + 1
    return counts


def compared(events: list[LogEvent], old: Values, new: Values) -> backtest.Compared:
    return backtest.compare([backtest.Job("s", signals.pack(events), old, new)], FOREVER)


@settings(max_examples=60, deadline=None)
@given(STORY, st.sampled_from(CHANGES), st.booleans())
def test_any_story_is_counted_as_the_engine_counts_the_whole_of_it(
    story: list[tuple[Any, ...]], change: Values, back: bool
) -> None:
    events = told(story)
    old, new = (change, {}) if back else ({}, change)
    pair = backtest.pair_of(old, new)
    whole = compared(events, old, new)
    assert whole.now == counts_of(events, pair.old, pair.kinds)
    assert whole.then == counts_of(events, pair.new, pair.kinds)


def taught(rng: random.Random) -> list[LogEvent]:
    """An hour as it mostly is: voices and progress every few seconds, with a gap here and there."""
    lesson = Lesson().planned(recording=True).ready().all_in()
    lesson.track("published", "iris", rng.choice((-5, 40, 90))).recorder("started", 5, "r-1")
    stands = rng.randrange(600, 2000, 30)  # its recorder tells the same again and again
    stood = rng.choice((60, 90, 120))
    for second in range(10, 3000, 10):
        silent = rng.random() < 0.02 or 1000 <= second < rng.choice((1000, 1030, 1080))
        level = 0.0002 if silent else 0.05
        loss = 0.2 if rng.random() < 0.02 else 0.001
        lesson.report("iris", second, interval=10.0, loss=loss, audio_level=level)
        if second % 30 == 0 and rng.random() < 0.9:
            shown = stands if stands <= second < stands + stood else second
            lesson.progress(second, float(shown - 5), "r-1")
        if rng.random() < 0.3:
            lesson.speech("iris", second + 1, second + 5)
    return lesson.events


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_ordinary_hours_are_counted_as_the_engine_counts_the_whole_of_them(change: Values) -> None:
    pair = backtest.pair_of({}, change)
    for seed in range(2):
        events = taught(random.Random(seed))
        whole = compared(events, {}, change)
        assert whole.now == counts_of(events, pair.old, pair.kinds)
        assert whole.then == counts_of(events, pair.new, pair.kinds)


def test_an_hour_in_which_all_is_well_is_not_judged_for_voices_and_connections() -> None:
    lesson = Lesson().planned().ready().all_in().track("published", "iris", -1)
    for second in range(10, 3000, 10):
        lesson.report("iris", second, interval=10.0, loss=0.001, audio_level=0.05)
    image = signals.image_of(signals.pack(lesson.events))
    for kind, change in (("inaudible", {"inaudible_after_s": 40}), ("bad_connection", {"bad_for_s": 40})):
        pair, kinds = backtest.pair_of({}, change), frozenset({kind})
        assert pair.kinds == kinds

        def raises(events: list[LogEvent], rules: Rules, kinds: frozenset[str] = kinds) -> bool:
            return bool(backtest.cases_of(events, rules, kinds))

        assert spared(image, kinds, pair.old, pair.new, raises)


def test_progress_that_shows_no_more_is_none() -> None:
    lesson = Lesson().planned(recording=True).ready().all_in().recorder("started", 5, "r-1")
    for second, total in ((20, 15), (40, 15), (60, 15), (75, 30), (95, 50), (115, 70)):
        lesson.progress(second, float(total), "r-1")
    pair = backtest.pair_of({}, {"recorder_stuck_s": 60})
    whole = compared(lesson.events, {}, {"recorder_stuck_s": 60})
    assert whole.then == counts_of(lesson.events, pair.new, pair.kinds)


def test_voices_and_progress_that_decide_nothing_are_left_out() -> None:
    pair = backtest.pair_of({}, {"inaudible_after_s": 90})
    events = signals.unpack(signals.pack(taught(random.Random(1))), 0, "s", pair.kinds)
    assert len(thinned(events, pair.old, pair.new)) < len(events) / 2


def test_a_session_planned_days_ahead_to_which_nobody_came_is_judged() -> None:
    days = -3 * 86_400
    events = Lesson().planned(days).events
    whole = compared(events, {}, {"instructor_after_s": 300})
    assert whole.now == whole.then == {"instructor_missing": 1}
    assert events[0].at < at(days + 1)
