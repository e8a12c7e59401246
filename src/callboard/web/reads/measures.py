"""What of a session's log is measured rather than told: speech, connections, how far recorders are.

An hour of a lesson is thousands of such events, so they are read many to a row: their moments as the axis
wants them, and of their data what is drawn alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from operator import itemgetter

import msgspec

from callboard.lib.together import together

KINDS = ("speech", "connection.report", "recording.progress")


class Data(msgspec.Struct, gc=False):
    """What an event measured; None where it does not say."""

    ends_at: datetime | None = None
    direction: str | None = None
    interval: float | None = None
    loss: float | None = None
    rtt_ms: float | None = None
    jitter_ms: float | None = None
    recorder: str | None = None
    seconds: float | None = None


Measure = tuple[int, str, str, Data]
"""When, in epoch milliseconds; of what kind; of whom, empty where of nobody; and what."""

_read = msgspec.json.Decoder(Data).decode
_read_all = msgspec.json.Decoder(list[Data]).decode

_BETWEEN = "\x1e"
"""Between what is told together. JSON holds no such character; within its strings it is escaped."""

_ROWS = """
SELECT kind, coalesce(participant, ''), string_agg(floor(extract(epoch FROM at) * 1000)::bigint::text, ','),
       string_agg(data, %(between)s)
  FROM callboard_live_event
 WHERE organization_id = %(organization)s AND session = %(session)s AND kind = ANY(%(kinds)s)
 GROUP BY 1, 2
"""
"""A row for what is of one kind and one participant: a thousand rows would take longer to read than to fold.
Both lists are in the same order, whichever that is."""


def measures(session: str) -> Iterator[Measure]:
    """Those of a session, by its key: for each kind and participant, in the order of their times. What cannot
    be read is left out.
    """
    asked = {"session": session, "kinds": list(KINDS), "between": _BETWEEN}
    (found,) = together([_ROWS], asked)
    for kind, participant, moments, told in found:
        # An event that was told twice is the same twice.
        once = set(zip(map(int, moments.split(",")), told.split(_BETWEEN), strict=True))
        ordered = sorted(once, key=itemgetter(0))
        try:
            read = _read_all(f"[{','.join([data for _at, data in ordered])}]")
        except msgspec.DecodeError:
            yield from _one_by_one(kind, participant, ordered)
        else:
            for (at, _data), measured in zip(ordered, read, strict=True):
                yield at, kind, participant, measured


def _one_by_one(kind: str, participant: str, told: list[tuple[int, str]]) -> Iterator[Measure]:
    for at, data in told:
        with suppress(msgspec.DecodeError):
            yield at, kind, participant, _read(data)
