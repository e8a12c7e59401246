"""When the classroom steps down and comes back up: its own script, run by Node where there is one."""

from __future__ import annotations

from tests.web import scripts

CLIMB = "({ Ladder }, looks) => { const one = new Ladder(); return looks.map((look) => one.after([look])); }"
GOOD = {"loss": 0.0, "rtt": 0.08, "jitter": 0.005}
MIDDLING = {"loss": 0.03, "rtt": 0.08, "jitter": 0.005}
BAD = {"loss": 0.2, "rtt": 0.08, "jitter": 0.005}


def steps(*looks: tuple[dict[str, float], int]) -> list[str]:
    """The step after each look, of (look, how many times)."""
    told = [look for look, times in looks for _ in range(times)]
    found: list[str] = scripts.run("classroom/ladder.ts", CLIMB, told)
    return found


def test_one_bad_look_changes_nothing_and_two_make_pictures_coarser() -> None:
    assert steps((BAD, 1), (GOOD, 1), (BAD, 2)) == ["full", "full", "full", "coarse"]


def test_four_more_leave_the_sound_alone() -> None:
    assert steps((BAD, 6)) == ["full", "coarse", "coarse", "coarse", "coarse", "sound"]


def test_it_comes_back_one_step_at_a_time_and_each_relapse_asks_for_twice_the_calm() -> None:
    found = steps((BAD, 2), (GOOD, 10), (BAD, 2), (GOOD, 20))
    assert found[10:12] == ["coarse", "full"]
    assert found.index("full", 13) == 33


def test_what_is_neither_good_nor_bad_holds_the_step() -> None:
    assert set(steps((BAD, 2), (MIDDLING, 200))[1:]) == {"coarse"}


def test_long_calm_forgives_what_was() -> None:
    found = steps((BAD, 2), (GOOD, 200), (BAD, 2), (GOOD, 10))
    assert found[203] == "coarse"
    assert found[-1] == "full"
