"""The list of what was erased, that outlives the database: one small file for each, in a store.

A backup brings back whom it was taken with. So each erasure is first written down here, beside the database
and not in it: ids of rows and when they were made, which say nothing to anybody without that backup. A file
is never changed, and a restored store cannot take back one that it does not have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings

if TYPE_CHECKING:
    from callboard.lib.store import Store

FOLDER = "erasures"


class Row(msgspec.Struct, frozen=True):
    """A row by its id. `since`: when it was made, for an id may come a second time after a restore."""

    id: int
    since: datetime


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One erasure: of people of an organization, or (no people) of the organization with all that it has."""

    reference: str
    at: datetime
    organization: Row
    people: tuple[Row, ...] = ()
    kept_recordings: str = ""


class BadList(ValueError):
    """A list kept elsewhere cannot be read; the words say where."""


def store() -> Store:
    """Where the list is kept: CALLBOARD_ERASURES, else with the recordings. Raises lib.store.StoreFailed."""
    from callboard.lib.store import at  # for those who work on files alone

    return at(settings.ERASURES or settings.RECORDINGS)


def keep(entry: Entry) -> None:
    """Twice is once. Raises lib.store.StoreFailed."""
    store().put(f"{FOLDER}/{entry.reference}.json", msgspec.json.encode(entry))


def kept() -> list[Entry]:
    """All of them, the oldest first. Raises lib.store.StoreFailed, BadList."""
    found = store()
    names = [(name, size) for name, size in found.names(FOLDER) if name.endswith(".json")]
    return _ordered(_entry(found.read(name, 0, size), name) for name, size in names)


def read(path: Path) -> list[Entry]:
    """A list kept elsewhere: a file with an entry a line, or a folder of such files. Raises BadList."""
    files = sorted(each for each in path.rglob("*.json*") if each.is_file()) if path.is_dir() else [path]
    found = []
    for file in files:
        try:
            lines = file.read_bytes().splitlines()
        except OSError as error:
            raise BadList(f"{file} cannot be read: {type(error).__name__}.") from error
        found += [_entry(line, f"{file}:{n}") for n, line in enumerate(lines, 1) if line.strip()]
    return _ordered(found)


def lines(entries: Iterable[Entry]) -> Iterator[str]:
    """As `read` takes them."""
    return (msgspec.json.encode(entry).decode() for entry in entries)


def _ordered(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda each: each.at)


def _entry(content: bytes, place: str) -> Entry:
    try:
        return msgspec.json.decode(content, type=Entry)
    except msgspec.DecodeError as error:
        raise BadList(f"{place} is no entry of a list of erasures: {error}.") from error
