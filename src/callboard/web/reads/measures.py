"""What of a session's log is measured rather than told: speech, connections, how far recorders are.

An hour of a lesson is thousands of such events, so they are read as bare rows: their moments as the axis
wants them, and of their data what is drawn alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from operator import itemgetter

import msgspec
from django.db import connection

from callboard.lib import tenancy

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


_ROWS = """
SELECT floor(extract(epoch FROM at) * 1000)::bigint, kind, participant, data
FROM callboard_live_event
WHERE organization_id = %s AND session = %s AND kind = ANY(%s)
"""


def measures(session: str) -> Iterator[Measure]:
    """Those of a session, by its key, in the order of their times. What cannot be read is left out."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [tenancy.current_organization(), session, list(KINDS)])
        rows = cursor.fetchall()
    # An event that was told twice is the same row twice.
    for at, kind, participant, data in sorted(set(rows), key=itemgetter(0)):
        with suppress(msgspec.DecodeError):
            yield at, kind, participant or "", _read(data)
