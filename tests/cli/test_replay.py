"""`callboard replay`: the answer, the counts, what is refused, and how."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PLAN = {
    "starts_at": "2026-03-02T16:00:00Z",
    "ends_at": "2026-03-02T17:00:00Z",
    "instructor": "iris",
    "learners": ["ana"],
    "recording": False,
    "provider": "rooms",
}


def line(number: int, kind: str, at: str, who: str | None = None, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"id": f"e-{number}", "session": "s-1", "kind": kind, "at": f"2026-03-02T{at}Z"}
    if who is not None:
        found["participant"] = who
    return found | more


STORY = [
    line(1, "session.planned", "10:00:00", data=PLAN),
    line(2, "room.ready", "15:40:00"),
    line(3, "room.started", "15:59:00"),
    line(4, "participant.joined", "15:59:00", "ana"),
    line(5, "participant.joined", "16:05:00", "iris"),
    line(6, "speech", "16:06:00", "iris", data={"ends_at": "2026-03-02T16:06:30Z"}),
    line(6, "speech", "16:06:00", "iris", data={"ends_at": "2026-03-02T16:06:30Z"}),
    line(7, "participant.left", "16:58:00", "ana"),
    line(8, "room.ended", "17:00:00"),
]


def written(tmp_path: Path, *lines: dict[str, Any] | str) -> Path:
    path = tmp_path / "story.ndjson"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines) + "\n")
    return path


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "callboard.cli.main", "replay", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"COLUMNS": "200"}
    )


def answer(*arguments: object) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_answer_says_what_was_raised_who_was_there_and_what_was_promised(tmp_path: Path) -> None:
    found = answer(written(tmp_path, *STORY))
    [session] = found["sessions"]
    assert found["events"] == {"read": 9, "accepted": 8, "duplicate": 1, "rejected": 0}
    assert (session["session"], session["started_at"], session["seconds"]) == (
        "s-1",
        "2026-03-02T15:59:00Z",
        3660,
    )
    [case] = session["cases"]
    assert (case["kind"], case["participant"], case["severity"]) == ("instructor_missing", "iris", "now")
    assert (case["raised_at"], case["cleared_at"]) == ("2026-03-02T16:02:00Z", "2026-03-02T16:05:00Z")
    assert case["noticed_at"] == case["raised_at"]
    assert case["evidence"] == ["e-1"]
    assert "iris" in case["why"]
    people = {one["identity"]: one for one in session["participants"]}
    assert (people["iris"]["role"], people["iris"]["present_s"], people["iris"]["talk_s"]) == (
        "instructor",
        3300,
        30,
    )
    assert people["iris"]["left_at"] == "2026-03-02T17:00:00Z"
    promised = {(one["kind"], one["participant"]): one["status"] for one in session["expectations"]}
    assert promised == {
        ("room_ready", None): "met",
        ("instructor_in", "iris"): "late",
        ("learner_in", "ana"): "met",
        ("lasted", None): "met",
    }


def test_the_same_file_gives_the_same_bytes_but_for_the_time_it_took(tmp_path: Path) -> None:
    path = written(tmp_path, *STORY)
    first, second = answer(path), answer(path)
    for one in (first, second):
        del one["elapsed_s"], one["events_per_s"]
    assert json.dumps(first) == json.dumps(second)


def test_a_bad_line_is_named_and_stops_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, *STORY[:2], "{nonsense", *STORY[2:])
    done = run(path, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["events"]["rejected"] == 1
    assert f"{path}:3: not_json" in done.stderr


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("empty.ndjson", "", "no_events"),
        ("bad.ndjson", "{}\nnothing\n", "no_events"),
        ("cut.xml", '<recording meeting_id="m-1"><event', "xml_broken"),
        ("cut.csv", "text,startTimestamp,endTimestamp,speaker,speaker_#\nHello,2023", "csv_cut_short"),
    ],
)
def test_a_file_that_cannot_be_played_ends_it_before_any_is(
    tmp_path: Path, name: str, text: str, code: str
) -> None:
    bad = tmp_path / name
    bad.write_text(text)
    done = run(written(tmp_path, *STORY), bad, "--json")
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert (error["code"], error["file"]) == (code, str(bad))
    assert name in done.stderr


def test_a_file_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    done = run(tmp_path / "nowhere.ndjson", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "unreadable"


def test_each_file_is_a_world_of_its_own(tmp_path: Path) -> None:
    first = written(tmp_path, *STORY)
    second = tmp_path / "again.ndjson"
    second.write_text(first.read_text())
    found = answer(first, second)
    assert [one["session"] for one in found["sessions"]] == ["s-1", "s-1"]
    assert found["events"]["accepted"] == 16


def test_people_are_told_in_words(tmp_path: Path) -> None:
    done = run(written(tmp_path, *STORY))
    assert done.returncode == 0
    assert "Instructor not in" in done.stdout
    assert "9 events read" in done.stdout


def test_at_a_chosen_speed_cases_are_told_as_they_happen(tmp_path: Path) -> None:
    done = run(written(tmp_path, *STORY), "--speed", "1000000")
    assert done.returncode == 0
    assert done.stdout.index("2026-03-02T16:02:00Z") < done.stdout.index("cleared")


def test_a_replay_needs_no_django(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom callboard.cli.main import run\n"
        f"assert run(['replay', {str(written(tmp_path, *STORY))!r}, '--json']) == 0\n"
        "assert 'django' not in sys.modules, 'django was imported'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_transcript_is_played_as_people_who_are_in_from_first_to_last_word(shared_data: Path) -> None:
    path = sorted((shared_data / "lessonlink" / "data" / "transcripts").glob("*.csv"))[0]
    [session] = answer(path)["sessions"]
    assert session["session"] == path.stem
    assert session["planned"] is None
    assert session["cases"] == []
    assert {one["role"] for one in session["participants"]} == {"instructor", "learner"}
