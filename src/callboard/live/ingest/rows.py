"""Events as rows of PostgreSQL's binary COPY: built once per event, so with as little work as can be.

Each field is its length in four bytes and its value; -1 is null. Times are microseconds since 2000.
Source: PostgreSQL's documentation, COPY, "Binary Format".
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Final

from callboard.live.log.lines import COLUMNS, TABLE, partition_of

COPY: Final = f"COPY {TABLE} ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)"
HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"
NULL: Final = b"\xff\xff\xff\xff"
MICROS_TO_2000: Final = 946_684_800_000_000

length: Callable[[int], bytes] = Struct(">i").pack
_moment = Struct(">iq").pack
_head = Struct(">hiqih").pack


def text(value: str) -> bytes:
    data = value.encode()
    return length(len(data)) + data


def head(organization: int, session: str) -> bytes:
    """The start of each row of a session: how many fields, its organization, partition and name."""
    return _head(len(COLUMNS), 8, organization, 2, partition_of(organization, session)) + text(session)


def moment(at: int) -> bytes:
    """A time in microseconds since 1970."""
    return _moment(8, at - MICROS_TO_2000)


MARK: Final = {mark: text(mark) for mark in ("", "future", "past")}
