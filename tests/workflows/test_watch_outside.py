"""Of a room that tells nothing, the door is the witness: in from there, out at the planned end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from callboard.lib import clock
from callboard.lib.clock import VirtualClock
from callboard.live.models import Event
from callboard.people.models import Organization
from callboard.sessions import operations
from callboard.sessions.models import Session
from callboard.sessions.ports import RoomInfo
from callboard.workflows import watch_outside
from tests.sessions.conftest import HOUR, START, Cast

pytestmark = pytest.mark.django_db

RunJobs = Callable[..., list[str]]


@pytest.fixture
def at_four() -> Iterator[VirtualClock]:
    with clock.using(VirtualClock(START)) as virtual:
        assert isinstance(virtual, VirtualClock)
        yield virtual


@pytest.fixture
def session(cast: Cast, at_four: VirtualClock) -> Session:
    return operations.book(cast.booking(provider="link", room=RoomInfo("r-1", "https://meet.example")))


def told(session: Session) -> list[tuple[str, str | None]]:
    found = Event.objects.filter(session=session.key, kind__startswith="participant").order_by("seq")
    return list(found.values_list("kind", "participant"))


def test_who_passes_the_door_is_in_until_the_planned_end(
    session: Session, organization: Organization, at_four: VirtualClock
) -> None:
    watch_outside.came(organization.pk, session.key, "per_a")
    assert told(session) == [("participant.joined", "per_a")]
    at_four.advance(HOUR + watch_outside.GRACE)
    for _ in range(2):  # as if it had been killed
        watch_outside.over(organization.pk, session.key)
    assert told(session) == [("participant.joined", "per_a"), ("participant.left", "per_a")]


def test_a_session_that_was_extended_is_waited_for(
    session: Session, organization: Organization, at_four: VirtualClock
) -> None:
    watch_outside.came(organization.pk, session.key, "per_a")
    Session.objects.filter(pk=session.pk).update(ends_at=START + 2 * HOUR)
    at_four.advance(HOUR + watch_outside.GRACE)
    watch_outside.over(organization.pk, session.key)
    assert told(session) == [("participant.joined", "per_a")]
    at_four.advance(HOUR)
    watch_outside.over(organization.pk, session.key)
    assert told(session)[-1] == ("participant.left", "per_a")


def test_what_others_tell_of_stays_as_they_told_it(
    session: Session, organization: Organization, at_four: VirtualClock
) -> None:
    Event.objects.create(
        organization=organization, partition=0, session=session.key, event_id="e-1",
        kind="participant.joined", participant="per_b",
        at=START, data='{"connection": "browser-1"}',
    )  # fmt: skip
    at_four.advance(HOUR + watch_outside.GRACE)
    watch_outside.over(organization.pk, session.key)
    assert told(session) == [("participant.joined", "per_b")]
