"""The doctor's eyes on where recordings are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from callboard.config import health
from callboard.lib.health import State


def test_a_file_is_kept_read_and_deleted_where_recordings_go(tmp_path: Path, settings: Any) -> None:
    settings.RECORDINGS = str(tmp_path / "files")
    assert health.recordings().state is State.OK
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_a_folder_that_cannot_be_written_to_says_what_to_set(settings: Any) -> None:
    settings.RECORDINGS = "/dev/null/files"
    found = health.recordings()
    assert found.state is State.BAD
    assert "CALLBOARD_RECORDINGS" in found.advice
