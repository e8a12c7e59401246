"""A recorder that showed progress and shows none is said to be quiet, since when it last recorded."""

from __future__ import annotations

import pytest

from callboard.live.engine.events import LogEvent, Progress, Recorder
from callboard.live.engine.moments import SECOND, moment_of
from callboard.live.runner.recorders import Recorders
from tests.live.engine.cast import START

KEY = (1, "s-1", "EG_1")


@pytest.fixture
def recorders() -> Recorders:
    found = Recorders()
    tell(found, 0, "started")
    return found


def tell(recorders: Recorders, at: float, what: str, seconds: float | None = None) -> None:
    moment = START + round(at * SECOND)
    data = Progress(seconds, "EG_1") if seconds is not None else Recorder("EG_1")
    recorders.hear(LogEvent(1, "s-1", f"e-{at}-{what}", f"recording.{what}", moment, None, data))


def looked(recorders: Recorders, at: float) -> dict[str, object]:
    recorders.look(START + round(at * SECOND))
    return recorders._told[KEY]


def test_one_that_goes_on_is_not_quiet(recorders: Recorders) -> None:
    for at in range(20, 400, 20):
        tell(recorders, at, "progress", at)
        assert looked(recorders, at + 15)["status"] == "running"


def test_one_that_stands_still_is_quiet_since_it_last_recorded_and_runs_again_with_more(
    recorders: Recorders,
) -> None:
    tell(recorders, 20, "progress", 20)
    tell(recorders, 40, "progress", 25)
    tell(recorders, 60, "progress", 25)
    assert looked(recorders, 65)["status"] == "running"
    quiet = looked(recorders, 71)
    assert (quiet["status"], quiet["quiet_since"]) == ("quiet", moment_of(START + 25 * SECOND))
    tell(recorders, 80, "progress", 45)
    assert looked(recorders, 80)["status"] == "running"


def test_one_that_stopped_is_not_quiet_but_stopped_and_a_late_start_changes_nothing(
    recorders: Recorders,
) -> None:
    tell(recorders, 20, "progress", 20)
    tell(recorders, 30, "stopped")
    tell(recorders, 25, "started")
    assert looked(recorders, 300)["status"] == "stopped"


def test_one_that_never_shows_progress_is_not_judged(recorders: Recorders) -> None:
    assert looked(recorders, 600)["status"] == "running"
