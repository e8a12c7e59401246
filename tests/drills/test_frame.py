"""The frame of the drills: its budget, its victims, and the points at which they die."""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from callboard.drills._frame import Budget, Killing, Stage, Victim, percentiles
from callboard.lib.postgres.provision import Logins

pytestmark = pytest.mark.killing

PROGRAM = """
import time
from callboard.drills._frame import say_ready
from callboard.lib import crash
say_ready()
while True:
    crash.point("loop")
    time.sleep(0.01)
"""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    logins = Logins("postgresql://nobody/a", "postgresql://nobody/b", "", "")
    budget = Budget(60.0)
    said: list[str] = []
    with Stage(
        data_dir=tmp_path, logins=logins, admin_url="", seed=7, budget=budget, say=said.append
    ) as stage:
        stage.said = said  # type: ignore[attr-defined]
        yield stage


def victim(stage: Stage, program: str = PROGRAM, name: str = "looper") -> Victim:
    return stage.victim(name, [sys.executable, "-c", textwrap.dedent(program)])


def test_a_budget_tells_what_is_left_and_when_a_reserve_begins() -> None:
    budget = Budget(30.0, started=time.monotonic() - 10.0)
    assert budget.left == pytest.approx(20.0, abs=1.0)
    assert budget.reserve(5.0) - time.monotonic() == pytest.approx(15.0, abs=1.0)


def test_an_armed_victim_dies_at_its_point_and_is_counted_there(stage: Stage) -> None:
    looper = victim(stage)
    point = looper.live_once(stage.chance("x"), crash_at="loop:3", ready=lambda: stage.ready(looper))
    assert point == "loop"
    assert (stage.kills, stage.points_of(["loop", "other"])) == (1, {"loop": 1, "other": 0})


def test_an_unarmed_victim_is_killed_at_a_moment_and_counted_at_no_point(stage: Stage) -> None:
    looper = victim(stage)
    assert looper.live_once(stage.chance("x"), crash_at="", ready=lambda: stage.ready(looper)) is None
    assert (stage.kills, stage.points_of(["loop"])) == (1, {"loop": 0})
    assert not looper.alive()


def test_a_victim_that_ends_by_itself_is_no_kill_and_is_complained_of_once(stage: Stage) -> None:
    broken = victim(stage, "raise SystemExit('no good')", "broken")
    for _ in range(2):
        broken.live_once(stage.chance("x"), crash_at="", ready=lambda: False)
    assert stage.kills == 0
    (complaint,) = stage.said  # type: ignore[attr-defined]
    assert "no good" in complaint


def test_killing_gives_each_point_its_turn(stage: Stage) -> None:
    looper = victim(stage)
    killing = Killing(stage, [looper], points={"looper": ["loop"]}, ready=stage.ready)
    killing.until(time.monotonic() + 3.0)
    assert stage.points["loop"] >= 1
    assert killing.enough()


def test_chance_is_the_same_for_the_same_seed_and_name(stage: Stage) -> None:
    assert stage.chance("a").random() == stage.chance("a").random()
    assert stage.chance("a").random() != stage.chance("b").random()


def test_percentiles_of_nothing_are_nothing() -> None:
    assert percentiles([]) == (None, None)
    assert percentiles([1.0, 3.0, 2.0]) == (2.0, 3.0)
