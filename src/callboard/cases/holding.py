"""When an incident's cause has gone, and which of its cases are then let go: pure, no clock.

The cause has gone once at most a quarter of the cases stand still (of a few: one). Those that do not follow
within `LET_GO_AFTER` have something of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LET_GO_AFTER = timedelta(minutes=5)
LAGGING_SHARE = 4
"""The cause has gone when no more than one in so many cases stand."""


@dataclass(frozen=True)
class Held:
    """A case of an incident. `ended_at`: it has cleared, or is over; None: it stands. `apart`: let go."""

    case: int
    raised_at: datetime
    ended_at: datetime | None = None
    apart: bool = False


def turned_at(ends: Sequence[datetime | None]) -> datetime | None:
    """When the cause had gone, by when each case ended; None while it has not."""
    allowed = max(1, len(ends) // LAGGING_SHARE)
    over = sorted(end for end in ends if end is not None)
    needed = len(ends) - allowed
    return over[needed - 1] if 0 < needed <= len(over) else None


def let_go(members: Iterable[Held], now: datetime) -> list[int]:
    """The cases that did not follow: to stand each for itself from now on."""
    cases = list(members)
    turned = turned_at([each.ended_at for each in cases])
    if turned is None:
        return []
    return [
        each.case
        for each in cases
        if each.ended_at is None and not each.apart and max(turned, each.raised_at) + LET_GO_AFTER <= now
    ]


def closed_at(members: Iterable[Held]) -> datetime | None:
    """When the last of the cases that it still holds ended; None while one stands.

    One whose cases were all let go or taken from it closed when the last of them was raised.
    """
    cases = list(members)
    if any(each.ended_at is None and not each.apart for each in cases):
        return None
    ends = [each.ended_at for each in cases if each.ended_at is not None]
    return max(ends or [each.raised_at for each in cases], default=None)
