"""A booked session gets its room, whatever fails on the way, and gets it once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from callboard.live.models import Event
from callboard.people.models import Organization
from callboard.sessions import operations, queries
from callboard.sessions.models import RoomStatus, SessionStatus
from callboard.sessions.ports import ProviderFailed, RoomInfo
from callboard.workflows import prepare_session, rooms
from tests.sessions.conftest import HOUR, START, Cast
from tests.workflows.conftest import Moody
from tests.workflows.fleet import Fleet

pytestmark = pytest.mark.django_db

RunJobs = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def before_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the day before."""
    monkeypatch.setattr("callboard.lib.clock.now", lambda: START - 24 * HOUR)


def rooms_of(jobs: list[str]) -> list[str]:
    """Of the jobs that ran, those of this story."""
    return [name for name in jobs if name.startswith("prepare_session.")]


def test_booking_provisions_a_room_and_leaves_evidence_of_it(
    cast: Cast, provider: Moody, run_jobs: RunJobs
) -> None:
    session = operations.book(cast.booking())
    assert rooms_of(run_jobs()) == ["prepare_session.booked", "prepare_session.provision"]
    session = queries.by_key(session.key)
    assert (session.status, session.room.status) == (SessionStatus.READY, RoomStatus.READY)
    assert session.room.external_id == provider.rooms[session.key].external_id
    assert Event.objects.filter(session=session.key, kind="room.ready").count() == 1


def test_a_provider_that_fails_is_shown_and_asked_again(
    cast: Cast, provider: Moody, organization: Organization, run_jobs: RunJobs
) -> None:
    provider.failures = 2
    session = operations.book(cast.booking())
    with pytest.raises(ProviderFailed):
        run_jobs()
    with pytest.raises(ProviderFailed):
        prepare_session.provision(organization.pk, session.key)
    room = queries.by_key(session.key).room
    assert (room.attempts, room.problem) == (2, "The provider has no room to give now.")
    prepare_session.provision(organization.pk, session.key)
    room = queries.by_key(session.key).room
    assert (room.status, room.problem) == (RoomStatus.READY, "")


def test_run_twice_it_asks_nothing_more_and_records_once(
    cast: Cast, provider: Moody, organization: Organization, run_jobs: RunJobs
) -> None:
    session = operations.book(cast.booking())
    run_jobs()
    prepare_session.provision(organization.pk, session.key)
    assert provider.asked == 1
    assert Event.objects.filter(session=session.key, kind="room.ready").count() == 1


def test_killed_after_asking_the_same_room_is_recorded_later(
    cast: Cast, provider: Moody, organization: Organization, run_jobs: RunJobs
) -> None:
    session = operations.book(cast.booking())
    order = rooms.standing(organization.pk, session.key).order
    answered = provider.create_room(order)  # and there the process died
    run_jobs()
    assert queries.by_key(session.key).room.external_id == answered.external_id
    assert len(provider.rooms) == 1


def test_a_room_for_a_session_cancelled_meanwhile_is_given_back(
    cast: Cast, provider: Moody, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = operations.book(cast.booking())

    def cancelled_meanwhile(name: str) -> None:
        if name == "prepare_session.asked":
            operations.cancel(session.key)

    monkeypatch.setattr("callboard.lib.crash.point", cancelled_meanwhile)
    prepare_session.provision(organization.pk, session.key)
    assert provider.rooms == {}
    assert queries.by_key(session.key).room.status == RoomStatus.CLOSED


def test_a_provider_that_is_not_set_up_here_is_said_and_not_insisted_on(
    cast: Cast, run_jobs: RunJobs
) -> None:
    session = operations.book(cast.booking(provider="elsewhere"))
    run_jobs()
    assert queries.by_key(session.key).room.problem == prepare_session.NOT_SET_UP


def test_a_room_that_stood_already_is_told_to_the_log_once(
    cast: Cast, organization: Organization, run_jobs: RunJobs
) -> None:
    session = operations.book(cast.booking(room=RoomInfo("r-9")))
    assert rooms_of(run_jobs()) == ["prepare_session.booked"]
    prepare_session.booked(organization.pk, {"sessions": [session.key]})  # as if it had been killed
    assert Event.objects.get(session=session.key, kind="room.ready").event_id == "room-r-9"


def test_a_session_planned_anew_wants_a_room_again(cast: Cast, provider: Moody, run_jobs: RunJobs) -> None:
    session = operations.book(cast.booking())
    run_jobs()
    operations.cancel(session.key)
    run_jobs()
    assert queries.by_key(session.key).room.status == RoomStatus.CLOSED
    operations.move(session.key, START + HOUR, START + 2 * HOUR)
    run_jobs()
    assert queries.by_key(session.key).status == SessionStatus.READY


def test_a_room_on_a_server_is_opened_some_hours_ahead_and_follows_a_session_that_moves(
    cast: Cast, fleet: Fleet, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.add("madrid")
    session = operations.book(cast.booking(provider="fleet"))
    assert rooms_of(run_jobs()) == ["prepare_session.booked", "prepare_session.provision"]
    assert queries.by_key(session.key).room.status == RoomStatus.WANTED
    (waiting,) = ProcrastinateJob.objects.filter(status="todo", task_name="prepare_session.provision")
    assert waiting.scheduled_at == START - prepare_session.AHEAD

    operations.move(session.key, START - 10 * HOUR, START - 9 * HOUR)
    run_jobs()
    waiting_now = ProcrastinateJob.objects.filter(status="todo", task_name="prepare_session.provision")
    assert START - 10 * HOUR - prepare_session.AHEAD in {job.scheduled_at for job in waiting_now}

    monkeypatch.setattr("callboard.lib.clock.now", lambda: START - 10 * HOUR - prepare_session.AHEAD)
    run_jobs(also_scheduled=True)
    assert queries.by_key(session.key).room.status == RoomStatus.READY
    assert list(fleet["madrid"].rooms) == [session.key]
