"""A session that is over, or off, gives back its room: at once when a person says so, else after a while."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from callboard.lib.errors import Conflict
from callboard.people.models import Organization
from callboard.sessions import operations, queries
from callboard.sessions.models import RoomStatus, Session, SessionStatus
from callboard.sessions.ports import RoomInfo, providers
from callboard.workflows import close_out_session
from tests.sessions.conftest import HOUR, START, Cast
from tests.workflows.conftest import Moody

pytestmark = pytest.mark.django_db

RunJobs = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callboard.lib.clock.now", lambda: START)


@pytest.fixture
def live(cast: Cast, provider: Moody, run_jobs: RunJobs) -> Session:
    session = operations.book(cast.booking(room=RoomInfo("r-1")))
    operations.went_live(session.key, START)
    run_jobs()
    return queries.by_key(session.key)


def test_a_session_that_a_person_ends_loses_its_room_at_once(
    live: Session, provider: Moody, run_jobs: RunJobs
) -> None:
    assert operations.end(live.key)
    assert not operations.end(live.key)
    assert run_jobs() == ["close_out_session.ended", "close_out_session.close_room"]
    assert provider.ended == ["r-1"]
    assert queries.by_key(live.key).room.status == RoomStatus.CLOSED


def test_a_session_that_ended_by_itself_keeps_its_room_for_a_while(
    live: Session, provider: Moody, run_jobs: RunJobs
) -> None:
    operations.ended(live.key, START + HOUR)
    assert run_jobs() == ["close_out_session.ended"]
    assert provider.ended == []
    assert run_jobs(also_scheduled=True) == ["close_out_session.close_room"]
    assert provider.ended == ["r-1"]


def test_late_evidence_that_it_went_on_keeps_the_room(
    live: Session, provider: Moody, run_jobs: RunJobs
) -> None:
    operations.ended(live.key, START + HOUR / 2)
    operations.went_live(live.key, START)
    run_jobs(also_scheduled=True)
    assert provider.ended == []
    assert queries.by_key(live.key).status == SessionStatus.LIVE


def test_a_cancelled_session_gives_back_its_room(cast: Cast, provider: Moody, run_jobs: RunJobs) -> None:
    session = operations.book(cast.booking(room=RoomInfo("r-1")))
    operations.cancel(session.key, "holiday")
    run_jobs()
    assert provider.ended == ["r-1"]


def test_closing_twice_is_closing_once(
    live: Session, provider: Moody, organization: Organization, run_jobs: RunJobs
) -> None:
    operations.end(live.key)
    run_jobs()
    close_out_session.close_room(organization.pk, live.key)
    assert provider.ended == ["r-1"]


def test_what_its_provider_cannot_end_is_refused(live: Session) -> None:
    providers._known.pop("memory")
    try:
        with pytest.raises(Conflict) as caught:
            operations.end(live.key)
    finally:
        providers.register("memory", Moody())
    assert caught.value.code == "not_supported"
