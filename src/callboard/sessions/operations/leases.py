"""Which process has which wish of our own recorder in hand: a lease with an epoch, that every write checks.

Time is the database's, so that machines whose clocks differ agree. The table is no tenant's: one statement
serves the wishes of all organizations.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import connection

from callboard.lib.processes.owners import is_gone
from callboard.sessions.recording_models import RecordingLease

HELD_FOR_S = 10.0
RENEWED_EVERY_S = 2.0

_OWNERS = "SELECT DISTINCT owner FROM callboard_sessions_recordinglease WHERE held_until IS NOT NULL"
_TAKE = "UPDATE callboard_sessions_recordinglease SET epoch = epoch + 1, owner = %s, \
held_until = clock_timestamp() + make_interval(secs => %s) \
WHERE wish IN (SELECT wish FROM callboard_sessions_recordinglease \
WHERE held_until IS NULL OR held_until < clock_timestamp() OR owner = ANY(%s) \
ORDER BY wish LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING wish, tenant, epoch"
_KEEP = "UPDATE callboard_sessions_recordinglease l \
SET held_until = clock_timestamp() + make_interval(secs => %s) \
FROM unnest(%s::bigint[], %s::int[]) AS n(wish, epoch) \
WHERE l.wish = n.wish AND l.epoch = n.epoch RETURNING l.wish"


class LeaseLost(Exception):
    """Another process has the wish now, or nobody wants it any more."""


@dataclass(frozen=True)
class Held:
    """A wish that this process has in hand."""

    wish: int
    organization: int
    epoch: int


def take_wishes(owner: str, at_most: int) -> list[Held]:
    """Wishes that nobody has in hand; what a process of this machine held that died need not run out."""
    if at_most < 1:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS)
        gone = [other for (other,) in cursor.fetchall() if other != owner and is_gone(other)]
        cursor.execute(_TAKE, [owner, HELD_FOR_S, gone, at_most])
        return [Held(*row) for row in cursor.fetchall()]


def keep_wishes(held: Mapping[int, Held]) -> set[int]:
    """Hold on to these; answers those that are lost."""
    if not held:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [HELD_FOR_S, list(held), [one.epoch for one in held.values()]])
        return held.keys() - {row[0] for row in cursor.fetchall()}


def let_go_wishes(held: Collection[Held]) -> None:
    """Another may take them at once."""
    for one in held:
        RecordingLease.objects.filter(wish=one.wish, epoch=one.epoch).update(held_until=None, owner="")


def give_up(wish: int, epoch: int) -> bool:
    """The wish needs nobody any more; False where another has it."""
    return bool(RecordingLease.objects.filter(wish=wish, epoch=epoch).delete()[0])
