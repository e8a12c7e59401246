"""Any short story of a room, told in any order, twice, late or through several partitions, ends the same."""

from __future__ import annotations

import itertools
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from callboard.live.engine.engine import Engine
from callboard.live.engine.events import LogEvent
from callboard.live.engine.world import World
from tests.live.engine.cast import Heard, Lesson, at

WHO = st.sampled_from(["iris", "ana", "ben", "eve"])
WHEN = st.integers(-1300, 4300)
DID = st.one_of(
    st.tuples(st.sampled_from(["join", "leave"]), WHO, WHEN),
    st.tuples(st.just("planned"), st.sampled_from([0, 600, -900]), WHEN),
    st.tuples(
        st.sampled_from(["room.ready", "room.started", "room.ended", "session.cancelled"]), st.none(), WHEN
    ),
    st.tuples(st.sampled_from(["published", "unpublished", "muted", "unmuted"]), WHO, WHEN),
    st.tuples(st.sampled_from(["started", "stopped", "failed"]), st.sampled_from(["r-1", "r-2"]), WHEN),
    st.tuples(st.just("progress"), st.sampled_from(["r-1", "r-2"]), WHEN),
    st.tuples(st.just("file"), st.sampled_from(["r-1", "r-2"]), WHEN),
    st.tuples(st.sampled_from(["bad", "good", "dead"]), WHO, WHEN),
    st.tuples(st.just("speech"), WHO, WHEN),
    st.tuples(st.just("poll"), st.none(), WHEN),
)
STORY = st.lists(DID, min_size=1, max_size=40)


def told(story: list[tuple[Any, ...]]) -> list[LogEvent]:
    lesson = Lesson().planned(recording=True)
    for what, who, when in story:
        match what:
            case "join":
                lesson.join(who, when)
            case "leave":
                lesson.leave(who, when)
            case "planned":
                lesson.planned(
                    when, starts_at=at(who), recording=True, instructor="iris" if when % 2 else "ana"
                )
            case "published" | "unpublished" | "muted" | "unmuted":
                lesson.track(what, who, when)
            case "started" | "stopped" | "failed" | "file":
                lesson.recorder(what, when, who)
            case "progress":
                lesson.progress(when, float(when + 1300), who)
            case "bad":
                lesson.report(who, when, interval=20.0, loss=0.5, audio_level=0.1)
            case "good":
                lesson.report(who, when, interval=30.0, loss=0.0)
            case "dead":
                lesson.report(who, when, interval=60.0, audio_level=0.0)
            case "speech":
                lesson.speech(who, when, when + 5)
            case "poll":
                lesson.poll(when)
            case _:
                lesson.add(what, when)
    return lesson.events


def lived(events: list[tuple[int, LogEvent]], partitions: int = 1, kill: bool = False) -> Heard:
    heard = Heard()
    world = World(heard.hear, partitions=partitions)
    for arrival, event in events:
        world.arrive(event, max(world.now, arrival))
        if kill:
            world.engines = [Engine.restore(engine.snapshot()) for engine in world.engines]
    world.run(at(8000))
    return heard


@settings(max_examples=150, deadline=None)
@given(STORY, st.integers(0, 2**32))
def test_order_of_arrival_doubles_and_partitions_change_nothing(
    story: list[tuple[Any, ...]], seed: int
) -> None:
    events = told(story)
    punctual = lived(sorted(((event.at, event) for event in events), key=lambda one: one[0]))
    rng = random.Random(seed)
    mixed = [(event.at + rng.choice([0, 1, 50, 900]) * 1_000_000, event) for event in events]
    mixed += rng.sample(mixed, len(mixed) // 3)
    mixed.sort(key=lambda one: one[0])
    assert lived(mixed).final() == punctual.final()
    assert lived(mixed, partitions=8).final() == punctual.final()


@settings(max_examples=60, deadline=None)
@given(STORY, st.integers(0, 2**32))
def test_an_engine_restored_after_every_line_says_the_same_words(
    story: list[tuple[Any, ...]], seed: int
) -> None:
    rng = random.Random(seed)
    mixed = [(event.at + rng.choice([0, 1, 50, 900]) * 1_000_000, event) for event in told(story)]
    mixed.sort(key=lambda one: one[0])
    assert lived(mixed, kill=True).said == lived(mixed).said


@settings(max_examples=100, deadline=None)
@given(STORY)
def test_no_case_clears_before_it_is_raised_and_no_two_of_a_kind_are_open_at_once(
    story: list[tuple[Any, ...]],
) -> None:
    heard = lived(sorted(((event.at, event) for event in told(story)), key=lambda one: one[0]))
    spans: dict[tuple[str, str, str | None], list[tuple[int, int]]] = {}
    for session, kind, who, raised, cleared in heard.final():
        assert not cleared or cleared >= raised
        if kind != "unstable":
            spans.setdefault((session, kind, who), []).append((raised, cleared or at(9000)))
    for found in spans.values():
        found.sort()
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(found))
