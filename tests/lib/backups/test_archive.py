"""A backup's file: whole, or refused in words."""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path

import pytest

from callboard.lib.backups import archive
from callboard.lib.backups.archive import BadBackup, Manifest

KEY = "kq3vLh8Zt0yRw5uXn2bJc7dMf9gPs4aE"


def save(path: Path, *parts: tuple[str, bytes]) -> Manifest:
    manifest = Manifest("1.0", "2026-09-01T08:00:00+00:00", "18.6", ["a.0001"], {"t": 3}, "key")
    with archive.written(path, manifest, KEY) as writer:
        for name, content in parts:
            writer.add(name, io.BytesIO(content), len(content))
    return manifest


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    path = tmp_path / "a.backup"
    save(path, ("database.dump", b"rows" * 5_000), ("recordings/1/a.ogg", b"sound" * 3_000))
    return path


def test_what_was_saved_is_read_again(whole: Path) -> None:
    kept: dict[str, bytes] = {}
    manifest, text, seal = archive.read(whole, lambda name, source: kept.update({name: source.read()}))
    assert kept == {"database.dump": b"rows" * 5_000, "recordings/1/a.ogg": b"sound" * 3_000}
    assert (manifest.rows, manifest.migrations) == ({"t": 3}, ["a.0001"])
    assert archive.sealed_by(KEY, text, seal)
    assert not archive.sealed_by("another", text, seal)
    assert whole.stat().st_mode & 0o077 == 0, "for its owner alone"


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9])
def test_a_file_that_was_cut_short_is_refused(whole: Path, share: float) -> None:
    content = whole.read_bytes()
    whole.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BadBackup, match="cut short"):
        archive.read(whole)


@pytest.mark.parametrize("place", [600, 21_000, 25_000])
def test_one_changed_byte_is_seen(whole: Path, place: int) -> None:
    content = bytearray(whole.read_bytes())
    content[place] ^= 1
    whole.write_bytes(content)
    with pytest.raises(BadBackup):
        archive.read(whole)


def test_what_was_never_a_backup_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no backup at all\n" * 1_000)
    with pytest.raises(BadBackup, match="no backup"):
        archive.read(path)


def test_a_backup_that_failed_leaves_no_file_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.backup"
    with pytest.raises(OSError, match="full"), archive.written(path, _manifest(), KEY):
        raise OSError("the disk is full")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_is_not_taken_for_a_bad_backup(whole: Path) -> None:
    def keep(_name: str, _source: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        archive.read(whole, keep)


def test_a_file_system_without_hard_links_takes_backups_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    path = tmp_path / "a.backup"
    save(path, ("database.dump", b"rows"))
    assert archive.read(path)[0].parts["database.dump"].size == 4
    with pytest.raises(FileExistsError):
        save(path, ("database.dump", b""))
    assert list(tmp_path.iterdir()) == [path]


def test_a_backup_is_on_the_disk_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.backup"
    seen: list[tuple[bool, bool]] = []
    monkeypatch.setattr(
        os, "fsync", lambda file: seen.append((stat.S_ISDIR(os.fstat(file).st_mode), path.exists()))
    )
    save(path, ("database.dump", b"rows"))
    assert seen == [(False, False), (True, True)], "the file first, then its name"


def test_no_backup_replaces_another(whole: Path) -> None:
    before = whole.read_bytes()
    with pytest.raises(FileExistsError):
        save(whole, ("database.dump", b""))
    assert whole.read_bytes() == before


def _manifest() -> Manifest:
    return Manifest("1.0", "2026-09-01T08:00:00+00:00", "18.6", [], {}, "key")
