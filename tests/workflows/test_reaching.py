"""What is done by itself when a case is raised: each try is a line of the case, and the switches hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core import mail

from callboard.cases import operations as cases
from callboard.cases.models import Case, CaseEntry
from callboard.lib import clock
from callboard.people.models import Person
from callboard.sessions import operations, queries
from callboard.sessions.models import RoomPolicy, Session
from callboard.sessions.ports import providers
from tests.sessions.conftest import START, Cast
from tests.workflows.fleet import CAPABILITIES, KIND, Fleet

pytestmark = pytest.mark.django_db
RunJobs = Callable[..., list[str]]


@pytest.fixture
def time() -> Iterator[clock.VirtualClock]:
    virtual = clock.VirtualClock(START + timedelta(minutes=2))
    with clock.using(virtual):
        yield virtual


@pytest.fixture
def session(cast: Cast, fleet: Fleet, time: clock.VirtualClock, run_jobs: RunJobs) -> Session:
    fleet.add("madrid")
    session = operations.book(cast.booking(provider="fleet", subject="maths", level="8"))
    run_jobs()
    return queries.by_key(session.key)


def raised(kind: str, session: Session, participant: str) -> Case:
    now = clock.now()
    case = cases.raise_case(
        cases.Raise(
            kind=kind,
            severity="now",
            raised_at=now,
            noticed_at=now,
            session_key=session.key,
            participant=participant,
        )
    )
    assert case is not None
    return case


def lines(case: Case) -> dict[str, str]:
    """What was done, and how it stands."""
    acted = CaseEntry.objects.filter(case=case, kind="acted").order_by("pk")
    return {entry.action: entry.data.get("state", "done") for entry in acted}


def test_a_missing_instructor_is_reached_by_every_way_there_is(
    session: Session, cast: Cast, run_jobs: RunJobs
) -> None:
    Person.objects.filter(pk=cast.iris).update(email="iris@example.org", phone="+34 600 000 000")
    case = raised("instructor_missing", session, cast.people[0].key)
    run_jobs()
    assert lines(case) == {"reach_by_mail": "confirmed", "reach_on_page": "done", "reach_by_phone": "done"}
    assert [message.to for message in mail.outbox] == [["iris@example.org"]]


def test_what_cannot_be_done_says_why_and_cover_is_asked_for_a_minute_later(
    session: Session, cast: Cast, run_jobs: RunJobs
) -> None:
    case = raised("instructor_missing", session, cast.people[0].key)
    run_jobs()
    assert lines(case)["reach_by_mail"] == "failed"
    run_jobs(also_scheduled=True)
    asked = CaseEntry.objects.get(case=case, action="ask_for_cover")
    assert (asked.text, asked.data["candidates"]) == ("1 qualified instructor is free.", [cast.people[1].key])


def test_no_cover_is_asked_for_once_they_have_come(session: Session, cast: Cast, run_jobs: RunJobs) -> None:
    case = raised("instructor_missing", session, cast.people[0].key)
    run_jobs()
    cases.clear_case(case.occurrence, clock.now())
    run_jobs(also_scheduled=True)
    assert "ask_for_cover" not in lines(case)


def test_bad_sound_is_told_to_whom_it_concerns_at_most_once_in_five_minutes(
    session: Session, cast: Cast, fleet: Fleet, run_jobs: RunJobs, time: clock.VirtualClock
) -> None:
    ana = cast.people[2].key
    for minutes in (1, 4, 1):
        case = raised("bad_connection", session, ana)
        run_jobs()
        cases.clear_case(case.occurrence, clock.now())
        time.advance(timedelta(minutes=minutes))
    [(room, words, to), (_room, _words, again)] = fleet["madrid"].said
    assert (room, to, again) == (session.key, ana, ana)
    assert "connection is poor" in words


def test_a_stranger_is_put_back_where_strangers_wait_at_the_door(
    session: Session, fleet: Fleet, run_jobs: RunJobs
) -> None:
    raised("stranger", session, "someone")
    run_jobs()
    assert fleet["madrid"].removed == []
    providers.register_kind(KIND, CAPABILITIES | {"hold"}, fleet.open)
    case = raised("stranger", session, "another")
    run_jobs()
    assert fleet["madrid"].removed == [(session.key, "another")]
    assert lines(case) == {"hold": "asked"}


def test_what_is_switched_off_is_not_done(session: Session, cast: Cast, run_jobs: RunJobs) -> None:
    RoomPolicy.objects.create(version=1, values={"reach_instructor": False})
    case = raised("instructor_missing", session, cast.people[0].key)
    run_jobs()
    assert lines(case) == {}
