"""Reads a dump: one JSON array a line, [what, connection, value, time in ms].

What `getstats` tells is only what changed since the last time, so the reports of each connection are kept
and completed. A report that is left out is gone; a timestamp of 0 stands for the entry's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

Report = dict[str, Any]
Reports = dict[str, Report]

_decode = msgspec.json.Decoder().decode


class NotADump(ValueError):
    """The file is no rtcstats dump; `line` says where that shows."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Entry:
    """One line. `at` in milliseconds since 1970; 0 where it says none. `reports`: of `getstats`, complete."""

    what: str
    connection: str | None
    value: Any
    at: int
    reports: Reports = field(default_factory=dict)


def looks_like(start: bytes) -> bool:
    """Whether a file that begins so may be one."""
    return start.startswith(b'["')


def entries(lines: Iterable[bytes | str]) -> Iterator[Entry]:
    """The entries of a dump, in the order of its lines. Raises NotADump."""
    known: dict[str, Reports] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = _decode(line)
        except msgspec.DecodeError as error:
            raise NotADump(f"not JSON: {error}", number) from None
        if not isinstance(found, list) or not found or not isinstance(found[0], str):
            raise NotADump("an entry is an array that begins with its name", number)
        what, connection, value, *_ = [*found, None, None]
        at = found[-1] if len(found) > 3 and isinstance(found[-1], int | float) else 0
        reports: Reports = {}
        if what == "getstats" and isinstance(connection, str) and isinstance(value, dict):
            reports = known[connection] = completed(known.get(connection, {}), value)
        name = connection if isinstance(connection, str) else None
        yield Entry(what, name, value, int(at), reports)


def completed(before: Reports, told: dict[str, Any]) -> Reports:
    """All reports of a connection, from those before and what has changed."""
    moment = told.get("timestamp")
    after: Reports = {}
    for name, changes in told.items():
        if not isinstance(changes, dict):
            continue
        report = {**before.get(name, {}), **changes}
        if report.get("timestamp") == 0 and isinstance(moment, int | float):
            report["timestamp"] = moment
        after[name] = report
    return after
