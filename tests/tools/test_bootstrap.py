"""A fresh machine gets what it needs, or is told the one line to type."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.database import CHECKOUT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with nothing in it but the tools, and an empty PATH beside it."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "path").mkdir()
    shutil.copy(CHECKOUT / "tools" / "bootstrap.py", tmp_path / "tools")
    (tmp_path / "uv.lock").touch()
    return tmp_path


def bootstrap(checkout: Path, *words: str, hide: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run it with modules hidden, as Debian hides them by packaging them apart."""
    hidden = checkout / "hidden"
    hidden.mkdir(exist_ok=True)
    for name in hide:
        (hidden / f"{name}.py").write_text("raise ImportError")
    return subprocess.run(
        [sys.executable, "tools/bootstrap.py", *words],
        cwd=checkout,
        env={"PATH": str(checkout / "path"), "PYTHONPATH": str(hidden)},
        capture_output=True,
        text=True,
        check=False,
    )


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_without_uv_venv_and_pip_it_says_the_line_to_type(checkout: Path) -> None:
    done = bootstrap(checkout, "sync", hide=("ensurepip", "pip"))
    assert done.returncode == 2
    assert "neither venv nor pip" in done.stderr
    assert not (checkout / ".tools").exists()


def test_an_uv_on_the_path_is_used_and_nothing_installed(checkout: Path) -> None:
    program(checkout / "path", "uv", f'echo "$@" >> "{checkout}/called"')
    done = bootstrap(checkout, "run", "tool", "run", "thing", hide=("ensurepip", "pip"))
    assert done.returncode == 0
    assert (checkout / "called").read_text().splitlines() == ["--version", "tool run thing"]
    assert not (checkout / ".tools").exists()


def test_an_uv_that_does_not_work_is_passed_over(checkout: Path) -> None:
    program(checkout / "path", "uv", "exit 1")
    program(checkout / ".tools" / "bin", "uv", f'echo "$@" >> "{checkout}/called"')
    assert bootstrap(checkout, "run", "sync").returncode == 0
    assert (checkout / "called").read_text().splitlines() == ["--version", "sync"]


def test_packages_are_compiled_once_for_a_lock_file(checkout: Path) -> None:
    program(checkout / "path", "uv", f'echo "$@" >> "{checkout}/called"')
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to("/bin/true")
    for _ in range(2):
        assert bootstrap(checkout, "sync").returncode == 0
    syncs = [line for line in (checkout / "called").read_text().splitlines() if line.startswith("sync")]
    assert ["--compile-bytecode" in line for line in syncs] == [True, False]


def test_what_uv_answers_is_the_answer(checkout: Path) -> None:
    program(checkout / "path", "uv", '[ "$1" = --version ] && exit 0; exit 3')
    assert bootstrap(checkout, "run", "sync").returncode == 3
