"""Providers that lose webhooks, and the polls that make it good."""

from __future__ import annotations

import random

import pytest

from callboard.demo.detection.day import Day
from callboard.demo.detection.delivery import arrivals
from callboard.demo.detection.hooks import as_hook, lossy
from callboard.demo.play.cast import Plan, cast
from callboard.demo.play.happenings import milestones
from callboard.demo.play.script import MINUTE, Script
from callboard.live.engine.outputs import AttendanceChanged, Output
from callboard.live.engine.world import World
from tests.demo.conftest import START

SEEDS = range(12)


def attendance(plan: Plan, script: Script, seed: int, *, faulty: bool) -> dict[str, tuple[int, bool]]:
    """Who was in at the end of it all: how often, and whether they still are."""
    found: dict[str, tuple[int, bool]] = {}

    def hear(output: Output) -> None:
        if isinstance(output, AttendanceChanged):
            found[output.participant] = (output.joins, output.inside_since is not None)

    world = World(hear)
    day = Day(START - 10 * 60 * MINUTE, {plan.session: plan}, {plan.session: script}, [])
    arrived = 0
    for arrived, event in arrivals(day, seed, faulty=faulty):
        world.arrive(event, arrived)
    world.run(arrived + 60 * MINUTE * 1000)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_who_was_in_is_the_same_whatever_the_webhooks_did(plan: Plan, seed: int) -> None:
    script = cast(plan, seed)
    assert attendance(plan, script, seed, faulty=True) == attendance(plan, script, seed, faulty=False)


def test_some_webhooks_are_lost_and_some_come_twice(plan: Plan) -> None:
    lost = twice = 0
    for seed in SEEDS:
        script = cast(plan, seed)
        sent = [(one.at, one) for one in milestones(script)]
        told = [one.id for _, one in lossy(sent, {plan.session: script}, {script.provider: (0, 0)},
                                           random.Random(seed))]  # fmt: skip
        expected = {as_hook(script, one).id for _, one in sent}
        lost += len(expected - set(told))
        twice += len(told) - len(set(told))
    assert lost > 0
    assert twice > 0


def test_every_webhook_of_a_session_has_a_name_of_its_own(plan: Plan) -> None:
    for seed in SEEDS:
        script = cast(plan, seed)
        names = [as_hook(script, one).id for one in milestones(script)]
        assert len(names) == len(set(names))
