"""An id put in another's place in the engine's own bytes, or an organization taken out: pure, and blind to
what the bytes mean.

A snapshot, what the overseer is told, and the overseer's snapshot are msgpack; each of their rows says whose
organization it is of, and rows of others are left as they are, byte for byte.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import msgspec

Rename = Callable[[str], str]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


def renamed(state: bytes, organization: int, rename: Rename) -> bytes:
    """A snapshot, or one telling, with another name for someone. Raises ValueError where it is neither."""
    return _encode({name: _rows(rows, organization, rename) for name, rows in _image(state).items()})


def without(state: bytes, organization: int) -> bytes:
    """A snapshot, or one telling, without any row of an organization. Raises ValueError as `renamed` does."""
    return _encode({name: _rows_without(rows, organization) for name, rows in _image(state).items()})


def _image(state: bytes) -> dict[str, Any]:
    try:
        image = _decode(state)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None
    if not isinstance(image, dict):
        raise ValueError("this is no image of an engine")
    return image


def _rows_without(rows: Any, organization: int) -> Any:
    if isinstance(rows, dict):
        return {name: _rows_without(each, organization) for name, each in rows.items()}
    if not isinstance(rows, list):
        return rows
    return [row for row in rows if not _of(row, organization)]


def renamed_signals(data: bytes, rename: Rename) -> bytes:
    """What is kept of one closed session (live.signals)."""
    try:
        image = _decode(zlib.decompress(data))
    except (msgspec.DecodeError, zlib.error) as error:
        raise ValueError(str(error)) from None
    return zlib.compress(_encode(_walk(image, rename)), 6)


def _rows(rows: Any, organization: int, rename: Rename) -> Any:
    if isinstance(rows, dict):  # a telling within a snapshot
        return {name: _rows(each, organization, rename) for name, each in rows.items()}
    if not isinstance(rows, list):
        return rows
    return [_walk(row, rename) if _of(row, organization) else row for row in rows]


def _of(row: Any, organization: int) -> bool:
    if isinstance(row, dict):
        return bool(row.get("organization") == organization)
    return isinstance(row, list) and bool(row) and row[0] == organization


def _walk(value: Any, rename: Rename) -> Any:
    match value:
        case str():
            return rename(value)
        case bytes():
            return _within(value, rename)
        case list():
            return [_walk(each, rename) for each in value]
        case dict():
            return {_walk(key, rename): _walk(each, rename) for key, each in value.items()}
        case _:
            return value


def _within(value: bytes, rename: Rename) -> bytes:
    """Bytes may be msgpack again (the base of a fold), or numbers, which stay as they are."""
    try:
        inner = _decode(value)
    except msgspec.DecodeError:
        return value
    changed = _walk(inner, rename)
    return value if changed == inner else _encode(changed)
