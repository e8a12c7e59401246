"""What an owner keeps beside its effects: ticks, snapshots, and what the overseer is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from django.db import connection

from callboard.live.engine.drained import Drained
from callboard.live.models import EngineSnapshot, EngineTick, Sighting
from callboard.live.runner.shard import Tick

SIGHTINGS_LOCK = 0x43616C6C736565
"""Held by whoever tells the overseer, until the commit: the order of ids is the order of commits."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Drained).decode


def write_ticks(ticks: Mapping[int, Sequence[Tick]]) -> None:
    EngineTick.objects.bulk_create(
        EngineTick(partition=partition, position=tick.position, at=tick.at)
        for partition, mine in ticks.items()
        for tick in mine
    )


def read_ticks(partition: int) -> list[Tick]:
    """Those since the partition's snapshot, in order."""
    rows = EngineTick.objects.filter(partition=partition).order_by("id")
    return [Tick(*row) for row in rows.values_list("position", "at")]


def tell(drained: Mapping[int, Drained]) -> None:
    """Tell the overseer, with the effects. Call it last: it takes a lock until the commit."""
    rows = [
        Sighting(partition=partition, data=_encode(one))
        for partition, one in drained.items()
        if one.sighted or one.live or one.cases
    ]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SIGHTINGS_LOCK])
    Sighting.objects.bulk_create(rows)


def sightings(after: int, until: int | None, limit: int) -> list[tuple[int, int, Drained]]:
    """(id, partition, what it told), in order."""
    rows = Sighting.objects.filter(id__gt=after)
    if until is not None:
        rows = rows.filter(id__lte=until)
    found = rows.order_by("id").values_list("id", "partition", "data")[:limit]
    return [(id_, partition, _decode(bytes(data))) for id_, partition, data in found]


def read_snapshot(partition: int) -> EngineSnapshot | None:
    return EngineSnapshot.objects.filter(partition=partition).first()
