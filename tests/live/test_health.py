"""The doctor's eyes on the engine."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callboard.lib import clock
from callboard.lib.health import State
from callboard.live import health
from callboard.live.engine.moments import micros
from callboard.live.models import PartitionLease

pytestmark = pytest.mark.django_db


def owned(judged: timedelta = timedelta(0)) -> None:
    """Every partition, held by one engine that judged so long ago."""
    PartitionLease.objects.all().delete()
    now = clock.now()
    PartitionLease.objects.bulk_create(
        PartitionLease(
            partition=number,
            owner="host:1",
            held_until=now + timedelta(seconds=60),
            judged_until=micros(now - judged),
        )
        for number in health.EVERYTHING
    )


def test_partitions_that_nobody_owns_are_told_by_number() -> None:
    owned()
    assert health.owners().state is State.OK
    PartitionLease.objects.filter(partition__in=(-1, 3)).update(held_until=None)
    found = health.owners()
    assert (found.state, "the overseer, 3." in found.text) == (State.BAD, True)


@pytest.mark.parametrize(
    ("seconds", "state"), [(2, State.OK), (30, State.WARN), (600, State.BAD)], ids=["now", "behind", "lost"]
)
def test_an_engine_that_falls_behind_is_told(seconds: int, state: State) -> None:
    owned(timedelta(seconds=seconds))
    assert [finding.state for finding in health.lag()] == [state]
