"""Short drills of the real thing: whatever the machine managed in the time, nothing is lost or doubled.

Whether enough was tried to have passed depends on how busy the machine is; what must never be does not.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support.livekit import program

pytestmark = pytest.mark.killing


def drill(name: str, seconds: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "callboard.cli.main", "drill", name, "--json", "--seconds", str(seconds)],
        capture_output=True,
        check=False,
        timeout=seconds * 3 + 60,
    )
    results: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if results["passed"] else 1), done.stderr.decode()
    return results


def test_killed_workers_lose_no_job_and_double_none() -> None:
    results = drill("jobs", 20)
    assert (results["ran_twice"], results["ghosts"]) == (0, 0)
    assert results["lost"] <= results["unfinished"]
    assert {"kills", "jobs", "lost", "ran_twice", "resumed_max_s", "points", "passed"} <= results.keys()


def test_racing_bookings_never_overlap_and_are_all_answered() -> None:
    results = drill("bookings", 15)
    assert (results["overlaps"], results["errors"], results["lost"]) == (0, 0, 0)
    answered = sum(results[kind] for kind in ("booked", "moved", "reassigned", "cancelled", "refused"))
    assert results["attempts"] == answered + results["unanswered"]


def test_evidence_that_was_acknowledged_is_kept_and_no_case_is_doubled() -> None:
    results = drill("ingest", 20)
    assert (results["lost"], results["cases_doubled"]) == (0, 0)
    assert {"kills", "acknowledged", "cases_expected", "cases_lost", "recovery_max_s"} <= results.keys()


def test_nothing_is_found_of_whoever_was_erased_and_nobody_else_is_harmed() -> None:
    results = drill("erasure", 30)
    assert results["harmed"] == 0
    assert results["hits"] == 0 or results["unfinished"]
    assert {"kills", "places_searched", "points", "passed"} <= results.keys()
    assert results["places_searched"] > 500


def test_a_drill_that_does_not_exist_is_bad_input() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "callboard.cli.main", "drill", "nonsense", "--json"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert "error" in json.loads(done.stdout)


def test_a_lesson_outlives_its_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """One kill of a real server: everybody is together again on the other, as one incident."""
    program()
    monkeypatch.setenv("CALLBOARD_DRILL_MOST_KILLS", "1")
    results = drill("rooms", 240)
    assert (results["kills"], results["never_together"]) == (1, 0)
    assert results["rooms_opened"] == 2 * results["lessons"]
    assert results["incidents"] == 1
