"""One owner per partition: a lease with an epoch, that every write of the owner checks.

Time is the database's, so that machines whose clocks differ agree. An owner that was paused past its lease
finds another epoch at its next write, which then writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import connection

from callboard.lib.processes.owners import is_gone
from callboard.lib.processes.owners import owner_name as owner_name
from callboard.live.partitions import PARTITIONS

OVERSEER = -1
"""The partition that judges across sessions."""

EVERYTHING = (OVERSEER, *range(PARTITIONS))

HELD_FOR_S = 6.0
RENEWED_EVERY_S = 1.0

_MAKE = "INSERT INTO callboard_live_partitionlease (partition, epoch, owner, position, judged_until) \
SELECT p, 0, '', 0, 0 FROM unnest(%s::smallint[]) p ON CONFLICT DO NOTHING"
_OWNERS = "SELECT DISTINCT owner FROM callboard_live_partitionlease WHERE partition = ANY(%s)"
_TAKE = "UPDATE callboard_live_partitionlease SET epoch = epoch + 1, owner = %s, \
held_until = clock_timestamp() + make_interval(secs => %s) \
WHERE partition IN (SELECT partition FROM callboard_live_partitionlease WHERE partition = ANY(%s) \
AND (held_until IS NULL OR held_until < clock_timestamp() OR owner = ANY(%s)) ORDER BY partition LIMIT %s \
FOR UPDATE SKIP LOCKED) \
RETURNING partition, epoch, position, judged_until"
_KEEP = "UPDATE callboard_live_partitionlease l SET position = n.position, judged_until = n.judged_until, \
held_until = clock_timestamp() + make_interval(secs => %s) \
FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[]) \
AS n(partition, epoch, position, judged_until) WHERE l.partition = n.partition AND l.epoch = n.epoch"
_LET_GO = "UPDATE callboard_live_partitionlease l SET held_until = NULL, owner = '' \
FROM unnest(%s::smallint[], %s::bigint[]) AS n(partition, epoch) \
WHERE l.partition = n.partition AND l.epoch = n.epoch"


class LeaseLost(Exception):
    """Another process owns one of the partitions now: drop all that was thought about them."""


@dataclass
class Lease:
    """What an owner holds: its epoch, and up to where its effects are committed."""

    partition: int
    epoch: int
    position: int
    judged_until: int


def make_missing() -> None:
    """See to it that every partition has a row."""
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, [list(EVERYTHING)])


def take(owner: str, wanted: Collection[int], at_most: int) -> list[Lease]:
    """Those of the wanted that nobody else holds, with a new epoch each.

    What an owner that died on this machine held need not run out first.
    """
    if not wanted or at_most < 1:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT owner FROM callboard_live_partitionlease WHERE partition = ANY(%s)",
            [list(wanted)],
        )
        gone = [other for (other,) in cursor.fetchall() if other == owner or is_gone(other)]
        cursor.execute(_TAKE, [owner, HELD_FOR_S, list(wanted), gone, at_most])
        return [Lease(*row) for row in cursor.fetchall()]


def keep(leases: Mapping[int, Lease]) -> None:
    """Write where each owner is, and hold on. First in the transaction of its effects. Raises LeaseLost."""
    held = list(leases.values())
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            [
                HELD_FOR_S,
                [lease.partition for lease in held],
                [lease.epoch for lease in held],
                [lease.position for lease in held],
                [lease.judged_until for lease in held],
            ],
        )
        if cursor.rowcount != len(held):
            raise LeaseLost


def let_go(leases: Mapping[int, Lease]) -> None:
    """So that another need not wait for them to run out."""
    with connection.cursor() as cursor:
        cursor.execute(_LET_GO, [list(leases), [lease.epoch for lease in leases.values()]])


def judged_until() -> int:
    """Until when every partition has been judged, in microseconds; 0 while one never was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(judged_until) FROM callboard_live_partitionlease WHERE partition >= 0",
        )
        return int(cursor.fetchone()[0] or 0)
