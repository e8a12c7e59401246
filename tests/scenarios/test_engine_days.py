"""Whole school days in virtual time: however the lines arrive, the same cases come out in the end."""

from __future__ import annotations

import random

import pytest

from callboard.live.engine.engine import Engine
from callboard.live.engine.events import LogEvent
from callboard.live.engine.moments import HOUR, MINUTE
from callboard.live.engine.overseer import Overseer
from callboard.live.engine.world import World
from tests.live.engine.cast import Heard
from tests.scenarios.days import NINE, Day, arriving

SEEDS = range(8)
EVENING = NINE + 5 * HOUR


def lived(events: list[LogEvent], partitions: int = 1, kill: random.Random | None = None) -> Heard:
    """A day from its first line to the evening; `kill`: engines die now and then, and resume."""
    heard = Heard()
    world = World(heard.hear, partitions=partitions)
    for event in events:
        world.arrive(event, max(world.now, event.received_at or event.at))
        if kill is not None and kill.random() < 0.003:
            number = kill.randrange(partitions)
            world.engines[number] = Engine.restore(world.engines[number].snapshot())
            world.overseer = Overseer.restore(world.overseer.snapshot())
            world.overseer.keep_us = None
    world.run(EVENING)
    return heard


@pytest.mark.parametrize("seed", SEEDS)
def test_lines_late_doubled_and_out_of_order_change_nothing_in_the_end(seed: int) -> None:
    day = Day(seed).events
    punctual = lived(day)
    assert punctual.final()
    for mischief in range(2):
        heard = lived(arriving(day, mischief, late=0.2, doubled=0.05))
        assert heard.final() == punctual.final()
        assert heard.incidents == punctual.incidents


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_a_whole_day_told_at_once_in_any_order_comes_to_the_same(seed: int) -> None:
    day = Day(seed).events
    punctual = lived(day)
    shuffled = [
        LogEvent(0, one.session, one.id, one.kind, one.at, one.participant, one.data, EVENING - MINUTE)
        for one in random.Random(seed).sample(day, len(day))
    ]
    assert lived(shuffled).final() == punctual.final()


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_one_two_and_eight_partitions_say_the_same(seed: int) -> None:
    day = arriving(Day(seed).events, seed, late=0.1, doubled=0.02)
    one = lived(day)
    for partitions in (2, 8):
        several = lived(day, partitions)
        assert several.final() == one.final()
        assert several.incidents == one.incidents
        assert sorted(map(repr, several.withdrawn)) == sorted(map(repr, one.withdrawn))


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_engines_that_die_and_go_on_from_a_snapshot_say_the_same_words(seed: int) -> None:
    day = arriving(Day(seed).events, seed, late=0.1, doubled=0.02)
    assert lived(day, kill=random.Random(seed)).said == lived(day).said


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_lost_lines_never_leave_a_case_open_that_the_whole_log_closes(seed: int) -> None:
    """What was lost and found again later (by asking the provider) comes to what it would have been."""
    day = Day(seed).events
    rng = random.Random(seed)
    lost = {id(event) for event in day if rng.random() < 0.1}
    found = [
        LogEvent(0, one.session, one.id, one.kind, one.at, one.participant, one.data, one.at + 10 * MINUTE)
        for one in day
        if id(one) in lost
    ]
    kept = [
        LogEvent(0, one.session, one.id, one.kind, one.at, one.participant, one.data, one.at)
        for one in day
        if id(one) not in lost
    ]
    lines = sorted([*kept, *found], key=lambda one: one.received_at or 0)
    assert lived(lines).final() == lived(day).final()


def test_the_same_log_says_the_same_words_in_the_same_order() -> None:
    day = arriving(Day(3).events, 3, late=0.2, doubled=0.1)
    assert lived(day).said == lived(day).said


def test_what_is_too_late_for_what_was_kept_is_judged_anew_from_the_log() -> None:
    """An engine that forgets asks for the log, and then says what one that forgets nothing says."""
    day = Day(5).events
    rng = random.Random(5)
    lines = sorted(
        (
            LogEvent(
                0, one.session, one.id, one.kind, one.at, one.participant, one.data,
                one.at + (40 * MINUTE if rng.random() < 0.01 else 0),
            )
            for one in day
        ),
        key=lambda one: one.received_at or 0,
    )  # fmt: skip
    heard, log, rebuilt = Heard(), dict[str, list[LogEvent]](), 0
    engine = Engine(keep_us=10 * MINUTE)
    for event in lines:
        now = event.received_at or 0
        log.setdefault(event.session, []).append(event)
        while (due := engine.next_due()) is not None and due <= now:
            for output in engine.advance(due):
                heard.hear(output)
        for output in engine.feed(event, now):
            heard.hear(output)
        for organization, session in engine.needs_rebuild():
            rebuilt += 1
            for output in engine.rebuild(organization, session, log[session], now):
                heard.hear(output)
    for output in engine.advance(EVENING):
        heard.hear(output)
    assert rebuilt
    alone = [case for case in lived(day).final() if case[1] != "provider_quiet"]
    assert heard.final() == alone
