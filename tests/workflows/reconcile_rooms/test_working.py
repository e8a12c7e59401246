"""The job asks every server of every organization, and ends when it is told to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from callboard.lib import clock
from callboard.lib.jobs.worker import stopping
from callboard.lib.tenancy import organization_scope
from callboard.live.models import Event
from callboard.sessions import operations
from callboard.sessions.models import Room, Server
from callboard.sessions.ports import POLL, PersonSeen, RoomInfo, RoomSeen, Unable, providers
from callboard.workflows.reconcile_rooms import watch_rooms, working
from tests.conftest import make_organization
from tests.sessions.conftest import Cast

pytestmark = pytest.mark.django_db(transaction=True)


class OneRoom(Unable):
    """A server with one room and one person in it."""

    capabilities = frozenset({POLL})

    def poll(self) -> Mapping[str, int]:
        return {"r-1": 1}

    def look(self, external_id: str) -> RoomSeen:
        return RoomSeen((PersonSeen("per_a", "PA_1", clock.now() - timedelta(minutes=1)),))


class Broken(Unable):
    """One that fails in ways that nobody foresaw."""

    capabilities = frozenset({POLL})

    def poll(self) -> Mapping[str, int]:
        raise ZeroDivisionError


@pytest.fixture(autouse=True)
def for_a_moment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(working, "LASTS", 1.0)
    stopping.clear()
    yield
    working.list_anew([], {})
    stopping.clear()


@pytest.fixture
def kinds() -> Iterator[None]:
    providers.register_kind("one-room", OneRoom.capabilities, lambda _: OneRoom())
    providers.register_kind("broken", Broken.capabilities, lambda _: Broken())
    yield
    for kind in ("one-room", "broken"):
        providers._kinds.pop(kind)


def lesson_on(slug: str, kind: str = "one-room") -> tuple[Any, str]:
    """An organization with a lesson on a server of its own."""
    organization = make_organization(slug)
    with organization_scope(organization.pk):
        server = Server.objects.create(slug="one", name="One", kind=kind)
        starts = clock.now() - timedelta(minutes=5)
        booking = Cast().booking(
            provider=kind, starts_at=starts, ends_at=starts + timedelta(hours=1), room=RoomInfo("r-1")
        )
        session = operations.book(booking)
        Room.objects.filter(session=session).update(server=server)
    return organization, session.key


def joined(organization: Any, session: str) -> list[str]:
    with organization_scope(organization.pk):
        found = Event.objects.filter(session=session, kind="participant.joined")
        return list(found.values_list("event_id", flat=True))


def test_each_organizations_rooms_are_its_own(kinds: None) -> None:
    lessons = [lesson_on("maple"), lesson_on("birch")]
    lesson_on("cedar", "broken")
    watch_rooms(timestamp=0)
    for organization, session in lessons:
        assert joined(organization, session) == ["join-PA_1"]
        with organization_scope(organization.pk):
            assert Event.objects.filter(session="one-room/one", kind="provider.polled").exists()


def test_told_to_stop_it_does_not_begin(kinds: None) -> None:
    organization, session = lesson_on("maple")
    stopping.set()
    watch_rooms(timestamp=0)
    assert joined(organization, session) == []


def test_a_server_that_is_no_more_is_watched_no_more(kinds: None) -> None:
    organization, _ = lesson_on("maple")
    watch_rooms(timestamp=0)
    assert [which.kind for which in working._watches] == ["one-room"]
    with organization_scope(organization.pk):
        Room.objects.update(server=None)
        Server.objects.all().delete()
    watch_rooms(timestamp=0)
    assert working._watches == {}


def test_what_another_process_found_down_is_back_once_it_answers_here(kinds: None) -> None:
    organization, _ = lesson_on("maple")
    watch_rooms(timestamp=0)
    with organization_scope(organization.pk):
        Server.objects.update(down_at=clock.now())
    (watch,) = working._watches.values()
    watch.due = 0.0
    watch_rooms(timestamp=0)
    with organization_scope(organization.pk):
        assert Server.objects.get().down_at is None
