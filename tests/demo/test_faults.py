"""Each fault leads to the cases that it says, in the engine that production runs, and to no other."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
from collections import Counter

import pytest

from callboard.demo.detection.day import Day, staged_day
from callboard.demo.detection.delivery import arrivals
from callboard.demo.detection.judgement import Seen, judge, quantile
from callboard.demo.detection.run import _play
from callboard.demo.faults.catalogue import STAGERS
from callboard.demo.faults.fault import Due, Fault, Stager
from callboard.demo.play.cast import Plan, cast
from callboard.demo.play.script import MINUTE
from callboard.demo.school.population import populate
from callboard.live.engine.kinds import KINDS
from tests.demo.conftest import START

EACH = [(kind, stager) for kind, stagers in STAGERS.items() for stager in stagers]


def silent(_share: float) -> None:
    """Nobody watches the progress."""


def one_fault(plan: Plan, stager: Stager, seed: int) -> Day | None:
    """A day of one session, with that fault in it where it finds a place."""
    rng = random.Random(seed)
    staged = stager(cast(plan, seed), rng, (START - 60 * MINUTE, START + 120 * MINUTE))
    if staged is None:
        return None
    midnight = START - 10 * 60 * MINUTE
    return Day(midnight, {plan.session: plan}, {plan.session: staged[0]}, [staged[1]])


@pytest.mark.parametrize(("kind", "stager"), EACH, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_leads_to_its_cases_and_no_other(plan: Plan, kind: str, stager: Stager) -> None:
    days = [day for seed in range(40) if (day := one_fault(plan, stager, seed)) is not None]
    assert len(days) >= 4
    for day in days[:8]:
        assert kind in {due.kind for due in day.faults[0].dues}
        witness, _ = _play(day, 1, silent)
        verdict = judge(day.faults, list(witness.cases.values()))
        assert (verdict.unseen, verdict.unexplained) == ((), ())


def test_a_session_that_goes_well_raises_nothing(plan: Plan) -> None:
    for seed in range(60):
        day = Day(START - 10 * 60 * MINUTE, {plan.session: plan}, {plan.session: cast(plan, seed)}, [])
        witness, _ = _play(day, seed, silent)
        assert list(witness.cases.values()) == []


def test_a_day_has_every_kind_of_fault_often_enough_and_is_the_same_from_the_same_seed() -> None:
    school = populate(110, seed=9)
    day = staged_day(school, START, 300, seed=9)
    assert day == staged_day(school, START, 300, seed=9)
    expected = Counter(due.kind for fault in day.faults for due in fault.dues)
    assert set(expected) == set(KINDS)
    assert min(expected.values()) >= 20


def test_events_arrive_in_order_of_arrival_some_of_them_twice() -> None:
    school = populate(6, seed=2)
    day = staged_day(school, START, 6, seed=2)
    told = list(arrivals(day, 1))
    moments = [moment for moment, _ in told]
    assert moments == sorted(moments)
    ids = [(event.session, event.id) for _, event in told]
    assert len(set(ids)) < len(ids)
    assert any(one.at > other.at for (_, one), (_, other) in itertools.pairwise(told))


def test_a_whole_day_is_seen_rightly_and_the_command_says_so_in_one_document() -> None:
    command = [sys.executable, "-m", "callboard.cli.main", "demo", "detection", "--json", "--seed", "21"]
    command.append("--no-provider-faults")  # for half the time; tests/demo/test_hooks.py tries them
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["passed"]
    assert told["sessions"] == 300
    assert set(told["kinds"]) == set(KINDS)
    for figures in told["kinds"].values():
        assert figures["expected"] >= 20
        assert (figures["missed"], figures["false"]) == (0, 0)


def test_the_judge_counts_what_was_missed_what_was_false_and_what_came_at_the_wrong_time() -> None:
    fault = Fault("f", "dropped", 0, "s", "", (Due.at("dropped", "ana", 100_000),))
    late = Seen("dropped", "s", "ana", 105_000, 105_000)
    verdict = judge([fault], [late])
    assert verdict.tallies["dropped"].told()["missed"] == 1
    assert verdict.unexplained == (late,)
    right = Seen("dropped", "s", "ana", 100_000, 100_400)
    told = judge([fault], [right]).tallies["dropped"].told()
    assert (told["found"], told["false"], told["delay_p50_s"]) == (1, 0, 0.4)
    twice = judge([fault], [right, right]).tallies["dropped"].told()
    assert (twice["found"], twice["false"], twice["precision"]) == (1, 1, 0.5)
    assert not judge([fault], [right]).passed, "once is not often enough"


def test_quantiles_are_of_what_there_is() -> None:
    assert quantile([], 0.5) is None
    assert quantile([1_000, 2_000, 9_000], 0.5) == 2.0
    assert quantile([1_000, 2_000, 9_000], 0.99) == 9.0
