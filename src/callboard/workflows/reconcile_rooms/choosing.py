"""Into which rooms to look, and in which order: pure.

Those whose numbers differ from what our evidence says come first, then those that are recorded, then the one
not looked at for longest, rooms that are over and whose recording is awaited among them. How far down the
list a round comes is a matter of time; at the least every room where something goes on is looked at once in
`AT_LEAST_EVERY`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from callboard.workflows.reconcile_rooms.evidence import Known

AT_LEAST_EVERY: Final = 300.0  # seconds


@dataclass(frozen=True)
class Watched:
    """A room that stands on a server, as our books have it."""

    session: str
    external_id: str
    recorded: bool = False
    live: bool = False


def in_order(
    rooms: Sequence[Watched],
    counts: Mapping[str, int],
    known: Mapping[str, Known],
    looked_at: Mapping[str, float],
) -> list[Watched]:
    """The rooms where something goes on, by our evidence or the provider's count; the most doubtful first."""
    ranked = []
    for room in rooms:
        count = counts.get(room.external_id, 0)
        mine = known.get(room.session) or Known()
        inside = len(mine.inside())
        running = mine.running()
        vanished = room.external_id not in counts and mine.has_begun and not mine.is_over
        quiet = not count and not inside and not running
        if quiet and not (vanished or (room.external_id in counts and room.recorded) or mine.awaited()):
            continue
        recorded = room.external_id in counts and (room.recorded or bool(running))
        doubt = 0 if count != inside else 1 if recorded else 2
        ranked.append((doubt, looked_at.get(room.external_id, float("-inf")), room.session, room))
    ranked.sort(key=lambda one: one[:3])
    return [room for *_, room in ranked]


def overdue(room: Watched, looked_at: Mapping[str, float], now: float) -> bool:
    """Whether it must be looked at whatever the round's time."""
    return now - looked_at.get(room.external_id, float("-inf")) >= AT_LEAST_EVERY
