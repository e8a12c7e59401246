"""From an empty folder to an organization whose admin may sign in, by commands alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PASSWORD = {"CALLBOARD_ADMIN_PASSWORD": "correct-horse-battery"}


def callboard(environment: dict[str, str], *words: str) -> tuple[int, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "callboard.cli.main", *words, "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def test_migrate_init_and_doctor_in_an_empty_folder(data_dir: Path, environment: dict[str, str]) -> None:
    place = ("--data-dir", str(data_dir))
    code, first = callboard(environment, "migrate", *place)
    assert code == 0
    assert any("callboard_people" in name for name in first["applied"])
    nothing: dict[str, list[str]] = {"before": [], "after": [], "held": []}
    assert callboard(environment, "migrate", *place) == (0, {"applied": [], "pending": nothing})

    maple = ("init", "Maple School", "--email", "ana@maple.example", "--zone", "Europe/Madrid", *place)
    code, made = callboard(environment | PASSWORD, *maple)
    assert (code, made["email"]) == (0, "ana@maple.example")
    code, refused = callboard(environment | PASSWORD, *maple)
    assert (code, refused["error"]["code"]) == (2, "slug_taken")

    code, findings = callboard(environment, "doctor", *place)
    assert code == 1, "nothing runs yet"
    states = {check["name"]: check["state"] for check in findings["checks"]}
    well = {"database", "durability", "roles", "policies", "clock", "schema", "recordings", "rooms", "queues"}
    assert {name for name in well if states[name] != "ok"} == set()
    ill = {check["name"]: check["advice"] for check in findings["checks"] if not check["ok"]}
    assert set(ill) == {"workers", "leases"}
    assert all("callboard serve" in advice for advice in ill.values())
    assert callboard(environment, "doctor", "--stopped", *place)[0] == 0


def test_an_unknown_zone_is_refused_in_words(data_dir: Path, environment: dict[str, str]) -> None:
    words = ("init", "Birch", "--email", "ana@birch.example", "--zone", "Moon/Base")
    code, answer = callboard(environment | PASSWORD, *words, "--data-dir", str(data_dir))
    assert code == 2
    assert "time zone" in answer["error"]["message"]
