"""The engine's process dies at each of its named points, and the cases are those that should be."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from callboard.cases.models import Case, CaseEntry
from callboard.lib import clock
from callboard.lib.tenancy import organization_scope
from callboard.live.log import Line, append
from callboard.live.log.postgres import EPOCH, MICROSECOND
from callboard.live.models import PartitionLease
from tests.live.ingest.conftest import make_session
from tests.live.runner.conftest import new_owner

POINTS = (
    "engine.after_feed",
    "engine.before_write",
    "engine.before_commit",
    "engine.after_commit",
    "overseer.before_commit",
    "overseer.after_commit",
    "engine.before_snapshot",
    "engine.after_snapshot",
)


def happens(organization: int, number: int) -> None:
    """A recorder's file is silent: one case, never cleared."""
    at = (clock.now() - timedelta(seconds=5) - EPOCH) // MICROSECOND
    session, data = f"s-{number}", f'{{"recorder": "r-{number}", "seconds": 9, "silent": true}}'
    with organization_scope(organization):
        append([Line(organization, session, f"e-{number}", "recording.file", at + number, at, None, data)])


def engine_dies_at(point: str, environment: dict[str, str]) -> None:
    engine = subprocess.Popen(
        [sys.executable, "-m", "callboard.cli.main", "engine"],
        env={**os.environ, **environment, "CALLBOARD_CRASH_AT": f"{point}:1"},
        stderr=subprocess.DEVNULL,
    )
    try:
        assert engine.wait(60) == -9
    finally:
        engine.kill()
        engine.wait()


@pytest.mark.killing
@pytest.mark.django_db(transaction=True)
def test_killed_at_every_point_it_raises_each_case_once(
    organization: Any, engine: None, database_place: Any
) -> None:
    for number, point in enumerate(POINTS):
        make_session(organization.pk, f"s-{number}")
        happens(organization.pk, number)
        engine_dies_at(point, database_place.logins.environment())
    make_session(organization.pk, f"s-{len(POINTS)}")
    happens(organization.pk, len(POINTS))
    PartitionLease.objects.update(held_until=None)
    owner = new_owner()
    for _ in range(3):
        owner._committed_at = 0.0
        owner.step()
    with organization_scope(organization.pk):
        assert Case.objects.filter(kind="recording_bad").count() == len(POINTS) + 1
        assert CaseEntry.objects.filter(kind="raised").count() == len(POINTS) + 1
