"""Where the LiveKit server's program comes from. What stands in for Go here builds nothing, in no time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from callboard.integrations.livekit import binary

BUILDS = """#!/bin/sh
case "$1" in
version) echo "go version go1.26.8 linux/amd64" ;;
install)
  echo once >> "$COUNT"; sleep 0.3
  printf '#!/bin/sh\\n' > "$GOBIN/server"; chmod +x "$GOBIN/server" ;;
esac
"""
FAILS = BUILDS.replace("install)", "install) echo no network >&2; exit 1")
OLD = BUILDS.replace("go1.26.8", "go1.19.2")


@pytest.fixture
def count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Has a line for each build."""
    monkeypatch.delenv(binary.NAMED, raising=False)
    path = tmp_path / "count"
    path.touch()
    monkeypatch.setenv("COUNT", str(path))
    return path


def put_go(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    (folder / "go").write_text(script)
    (folder / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def quiet(_text: str) -> None:
    """Says nothing."""


def test_it_is_built_once_and_two_at_once_build_it_once(
    tmp_path: Path, count: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_go(tmp_path / "go", BUILDS, monkeypatch)
    found: list[Path] = []
    both = [
        threading.Thread(target=lambda: found.append(binary.have(quiet, tmp_path / "cache"))) for _ in "ab"
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert found == [tmp_path / "cache" / "livekit" / binary.VERSION / "livekit-server"] * 2
    assert binary.have(quiet, tmp_path / "cache") == found[0]
    assert count.read_text() == "once\n"


def test_a_build_that_fails_says_why_and_leaves_nothing(
    tmp_path: Path, count: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_go(tmp_path / "go", FAILS, monkeypatch)
    with pytest.raises(binary.ServerMissing, match="no network"):
        binary.have(quiet, tmp_path / "cache")
    assert binary.find(tmp_path / "cache") is None
    assert [path.name for path in (tmp_path / "cache" / "livekit").iterdir()] == ["lock"]


def test_a_go_that_is_too_old_is_passed_over_and_where_no_other_is_to_be_had_that_is_said(
    tmp_path: Path, count: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_go(tmp_path / "go", OLD, monkeypatch)
    monkeypatch.setattr(binary, "_installers", lambda _scratch: [lambda: ["false"]])
    with pytest.raises(binary.ServerMissing, match=r"Go 1\.25 or later"):
        binary.have(quiet, tmp_path / "cache")
    assert count.read_text() == ""


def test_the_one_that_is_named_is_used_and_must_be_there(
    tmp_path: Path, count: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(binary.NAMED, "/bin/sh")
    assert binary.have(quiet, tmp_path) == Path("/bin/sh")
    monkeypatch.setenv(binary.NAMED, str(tmp_path / "absent"))
    with pytest.raises(binary.ServerMissing, match="absent"):
        binary.find(tmp_path)
