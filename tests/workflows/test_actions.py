"""What can be done about a case's session: offered where it can be, done by the person who asked, undone."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from callboard.cases import registry
from callboard.cases.models import Case
from callboard.people.access import Access
from callboard.sessions import operations, queries
from callboard.sessions.models import Session, SessionStatus
from callboard.sessions.ports import RoomInfo
from tests.sessions.conftest import START, Cast
from tests.workflows.conftest import Moody

pytestmark = pytest.mark.django_db

RunJobs = Callable[..., list[str]]
ASKER = cast(Access, SimpleNamespace(member=None, may=lambda permission: permission == "cases.act"))


@pytest.fixture
def live(cast: Cast, provider: Moody) -> Session:
    session = operations.book(cast.booking(recording_wanted=True, room=RoomInfo("r-1")))
    operations.went_live(session.key, START)
    return queries.by_key(session.key)


def case(kind: str, session: Session | None, person: int | None = None) -> Case:
    """One that stands, unsaved: actions read it and change the session."""
    return Case(kind=kind, session=session, person_id=person)


def offered(about: Case) -> list[str]:
    return [action.name for action in registry.actions_for(about, ASKER)]


def run(name: str, about: Case) -> dict[str, Any]:
    action = registry.action(name)
    assert action is not None
    return dict(action.run(ASKER, about) or {})


def test_each_kind_offers_what_helps(live: Session, cast: Cast) -> None:
    assert "restart_recording" in offered(case("recording_stalled", live))
    assert "mark_absent" in offered(case("learner_missing", live, cast.ana))
    assert "end_session" in offered(case("overrun", live))
    assert "restart_recording" not in offered(case("overrun", live))


def test_nothing_is_offered_that_cannot_be_done(live: Session, cast: Cast, provider: Moody) -> None:
    assert "mark_absent" not in offered(case("learner_missing", live))
    assert "end_session" not in offered(case("overrun", None))
    operations.ended(live.key, START)
    assert "end_session" not in offered(case("overrun", queries.by_key(live.key)))


def test_ending_the_session_ends_its_room(live: Session, provider: Moody, run_jobs: RunJobs) -> None:
    run_jobs()
    assert run("end_session", case("overrun", live))["changed"]
    assert queries.by_key(live.key).status == SessionStatus.ENDED


def test_marking_absent_is_undone(live: Session, cast: Cast) -> None:
    about = case("learner_missing", live, cast.ana)
    done = run("mark_absent", about)
    assert queries.is_marked_absent(live.key, cast.ana)
    action = registry.action("mark_absent")
    assert action is not None
    assert action.undo is not None
    action.undo(ASKER, about, done)
    assert not queries.is_marked_absent(live.key, cast.ana)


def test_restarting_the_recording_names_the_request(live: Session) -> None:
    assert run("restart_recording", case("recording_stalled", live))["request"].startswith("req_")
