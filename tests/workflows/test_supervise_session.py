"""What is asked for in a running session reaches its provider, and what follows elsewhere follows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from callboard.expectations.models import Expectation
from callboard.lib.errors import Conflict
from callboard.sessions import operations, queries
from callboard.sessions.models import Session
from callboard.sessions.ports import RoomInfo
from tests.sessions.conftest import START, Cast
from tests.workflows.conftest import Moody

pytestmark = pytest.mark.django_db

RunJobs = Callable[..., list[str]]


@pytest.fixture
def live(cast: Cast, provider: Moody, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Iris and Ana, live, recorded."""
    monkeypatch.setattr("callboard.lib.clock.now", lambda: START)
    session = operations.book(cast.booking(recording_wanted=True, room=RoomInfo("r-1")))
    operations.went_live(session.key, START)
    run_jobs()
    return queries.by_key(session.key)


def test_restarting_the_recording_asks_the_provider_by_the_request(
    live: Session, provider: Moody, run_jobs: RunJobs
) -> None:
    request = operations.restart_recording(live.key)
    assert run_jobs() == ["supervise_session.restart_recording"]
    assert provider.recorders == {"r-1": {request}}


def test_what_may_not_be_recorded_is_not_restarted(cast: Cast, provider: Moody, live: Session) -> None:
    session = operations.book(cast.at(120, room=RoomInfo("r-2")))
    with pytest.raises(Conflict) as caught:
        operations.restart_recording(session.key)
    assert caught.value.code == "not_recorded"


def test_whoever_is_marked_absent_is_promised_no_more_until_it_is_taken_back(
    live: Session, cast: Cast, run_jobs: RunJobs
) -> None:
    promise = Expectation.objects.get(session=live, kind="learner_in")
    operations.mark_absent(live.key, cast.ana)
    assert not operations.mark_absent(live.key, cast.ana)
    run_jobs()
    promise.refresh_from_db()
    assert promise.status == "waived"
    operations.unmark_absent(live.key, cast.ana)
    run_jobs()
    promise.refresh_from_db()
    assert promise.status == "due"
