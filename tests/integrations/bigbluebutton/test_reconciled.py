"""What BigBlueButton's webhooks lost is found by its poll, though it tells no connections apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from callboard.integrations.bigbluebutton.provider import BigBlueButtonRooms
from callboard.lib import clock, sealing
from callboard.lib.clock import VirtualClock
from callboard.live.models import Event
from callboard.people.models import Organization
from callboard.sessions import operations, queries
from callboard.sessions.models import Room, Server, Session
from callboard.sessions.ports import RoomInfo
from callboard.workflows.reconcile_rooms.books import ServerBooks
from callboard.workflows.reconcile_rooms.watching import Watch
from tests.integrations.bigbluebutton.standin import SECRET, BigBlueButton, Meeting, serving
from tests.integrations.bigbluebutton.test_hooks import event, send, user
from tests.sessions.conftest import START, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def time() -> Iterator[VirtualClock]:
    with clock.using(VirtualClock(START)) as virtual:
        assert isinstance(virtual, VirtualClock)
        yield virtual


@pytest.fixture
def there() -> Iterator[BigBlueButton]:
    with serving() as server:
        yield server


@pytest.fixture
def server(there: BigBlueButton, in_organization: Organization) -> Server:
    sealed = sealing.seal(json.dumps({"secret": SECRET}))
    return Server.objects.create(
        slug="bbb-1", name="One", kind="bigbluebutton", settings={"url": there.url}, sealed=sealed
    )


@pytest.fixture
def session(there: BigBlueButton, server: Server, time: VirtualClock) -> Session:
    booked = operations.book(Cast().booking(provider="bigbluebutton", room=RoomInfo("r")))
    Room.objects.filter(session=booked).update(server=server, external_id=booked.key)
    there.meetings[booked.key] = Meeting(booked.key, {})
    return booked


def told(session: Session) -> list[tuple[str, str | None]]:
    found = Event.objects.filter(session=session.key, kind__startswith="participant").order_by("seq")
    return list(found.values_list("kind", "participant"))


def test_someone_in_twice_is_out_once_both_are_gone(
    there: BigBlueButton, server: Server, session: Session, organization: Organization, time: VirtualClock
) -> None:
    books = ServerBooks(organization.pk, "bigbluebutton", server.pk, "bbb-1")
    watch = Watch(BigBlueButtonRooms(queries.server_settings(server)), books)
    meeting = there.meetings[session.key]

    def passes(seconds: int = 21) -> None:
        time.advance(timedelta(seconds=seconds))
        watch.step(clock.now().timestamp())

    # One connection by webhook, a second whose webhook was lost.
    assert send(server, [event("user-joined", session.key, user("w_1"))], SECRET) == 200
    meeting.attendees = [("per_a", "VIEWER", True, False)] * 2
    passes()
    assert told(session) == [("participant.joined", "per_a")] * 2
    passes()
    assert len(told(session)) == 2, "nothing is said twice"
    assert Event.objects.filter(session=session.key, kind="track.published", participant="per_a").count() == 1

    # The first leaves, and says so; then the second, and that is lost.
    assert send(server, [event("user-left", session.key, user("w_1"))], SECRET) == 200
    meeting.attendees = meeting.attendees[:1]
    passes()
    assert told(session)[2:] == [("participant.left", "per_a")]
    meeting.attendees = []
    passes()
    assert told(session)[3:] == [("participant.left", "per_a")]
    passes()
    assert len(told(session)) == 4
    watch.close()
