"""What jobs judge is missed when nobody kept it in time, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from callboard.expectations import registry
from callboard.expectations.facts import ExpectationMissed
from callboard.expectations.models import Expectation
from callboard.expectations.operations import mind_due
from callboard.lib import clock
from callboard.sessions import operations as sessions
from tests.sessions.conftest import START, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def brief() -> Iterator[None]:
    """A kind that jobs judge."""
    registry.register(registry.Kind("brief", "Brief", "instructor", "start", -60, live=False))
    yield
    del registry._kinds["brief"]


def test_what_is_past_due_is_missed_once_and_told(
    cast: Cast, brief: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[ExpectationMissed] = []
    monkeypatch.setattr("callboard.lib.facts.publish", told.append)
    session = sessions.book(cast.booking())
    told.clear()
    with clock.using(clock.VirtualClock(START - timedelta(minutes=61))):
        assert mind_due() == 0
    with clock.using(clock.VirtualClock(START - timedelta(minutes=59))):
        assert mind_due() == 1
        assert mind_due() == 0
    assert [(each.session, each.kind, each.person) for each in told] == [(session.key, "brief", cast.iris)]
    assert Expectation.objects.get(kind="brief").status == "missed"
    assert Expectation.objects.get(kind="room_ready").status == "due"
