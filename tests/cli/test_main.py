"""The command answers with exit codes and words that programs and people can act on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from callboard.cli import failures, main


def test_help_lists_every_command_and_imports_none_of_them() -> None:
    script = (
        "import sys; from callboard.cli.main import run; run(['--help']);"
        "sys.exit('django' in sys.modules or 'psycopg' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert all(name in done.stdout for name in main.COMMANDS)


def test_an_unknown_command_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["juggle"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "juggle" in shown.err


def test_with_json_bad_input_is_one_document_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["migrate", "--json", "--bogus"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert set(document["error"]) == {"code", "message", "file", "line"}


def test_bad_input_names_the_file_and_the_line() -> None:
    error = failures.BadInput("not an event", file="day.ndjson", line=3)
    assert error.format_message() == "day.ndjson:3: not an event"
    assert error.exit_code == 2


def test_an_interrupted_command_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def forever() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main.Commands, "get_command", lambda *_: forever)
    assert main.run(["forever"]) == 130


def test_a_database_that_is_not_there_is_a_failure_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CALLBOARD_DATABASE_URL", "CALLBOARD_OWNER_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("CALLBOARD_INGEST_DATABASE_URL", "CALLBOARD_ENGINE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://ana:s3cret@127.0.0.1:1/school")
    assert main.run(["migrate", "--json", "--data-dir", str(tmp_path)]) == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out)["error"]["code"] == "database_unavailable"
    assert "s3cret" not in shown.out + shown.err


@pytest.mark.parametrize("command", ["serve", "migrate", "doctor"])
def test_an_unsafe_start_is_refused_before_the_database_is_touched(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLBOARD_BASE_URL", "http://callboard.example.org")
    code = main.run([command, "--data-dir", str(tmp_path / "data")])
    told = capsys.readouterr()
    assert code != 0
    assert "plain http" in told.out + told.err
    assert not (tmp_path / "data").exists()
