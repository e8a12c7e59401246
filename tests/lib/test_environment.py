"""Secrets from files, and names that nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from callboard.lib import environment
from callboard.lib.environment import BadEnvironment


def test_a_secret_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("drawn at random\n")
    said = {"CALLBOARD_SECRET_KEY_FILE": str(path)}
    environment.read_files(said)
    path.write_text("drawn anew\n")  # while we run, and before a process of ours is started again
    environment.read_files(said)
    assert said == {"CALLBOARD_SECRET_KEY": "drawn at random"}


@pytest.mark.parametrize(
    ("said", "default", "means"),
    [("", True, True), (" ", False, False), ("0", True, False), ("No", True, False), ("on", False, True)],
)
def test_a_flag_left_empty_is_not_given(
    said: str, default: bool, means: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLBOARD_MAIL_TLS", said)
    assert environment.flag("CALLBOARD_MAIL_TLS", default) is means


def test_a_flag_that_nobody_can_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOARD_MAIL_TLS", "starttls")
    with pytest.raises(BadEnvironment, match="must be 1 or 0"):
        environment.flag("CALLBOARD_MAIL_TLS", True)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"CALLBOARD_MAIL_PASSWORD_FILE": "/nowhere/at/all"}, "cannot be read"),
        ({"CALLBOARD_MAIL_PASSWORD_FILE": "{file}", "CALLBOARD_MAIL_PASSWORD": "other"}, "both given"),
        ({"DATABASE_URL_FILE": "{empty}"}, "empty"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_in_words(
    said: dict[str, str], words: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("one")
    (tmp_path / "empty").write_text("\n")
    given = {
        name: value.format(file=tmp_path / "file", empty=tmp_path / "empty") for name, value in said.items()
    }
    with pytest.raises(BadEnvironment, match=words):
        environment.read_files(given)


def test_what_is_no_secret_is_not_read_from_a_file() -> None:
    said = {"CALLBOARD_BASE_URL_FILE": "/nowhere"}
    environment.read_files(said)
    assert environment.unknown(said) == ["CALLBOARD_BASE_URL_FILE"]


def test_a_misspelt_name_is_told() -> None:
    said = {"CALLBOARD_HOST": "x", "CALLBOARD_HOSTS": "x", "CALLBOARD_SECRET_KEY_FILE": "x", "PATH": "x"}
    assert environment.unknown(said) == ["CALLBOARD_HOST"]
