"""What a file says of consents is acted on as if each person had said it, where it matters to anybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from callboard.expectations.models import Expectation
from callboard.people.models import Organization, Person
from callboard.people.operations import imports
from callboard.sessions import operations
from callboard.sessions.models import Session
from callboard.sessions.operations import gate
from callboard.workflows import ask_consent, hear_consents
from tests.people.cast import access
from tests.sessions.conftest import START, Cast
from tests.workflows.conftest import Moody

pytestmark = pytest.mark.django_db

RunJobs = Callable[..., list[str]]


@pytest.fixture
def session(cast: Cast, provider: Moody, monkeypatch: pytest.MonkeyPatch, run_jobs: RunJobs) -> Session:
    """To be recorded, if Chloe agreed; who is in the school's books too."""
    monkeypatch.setattr("callboard.lib.clock.now", lambda: START - timedelta(days=7))
    Person.objects.filter(pk=cast.chloe).update(external_id="c-1")
    session = operations.book(cast.at(0, learners=[cast.chloe], recording_wanted=True))
    run_jobs()
    return session


def bring_in(organization: Organization, said: str) -> None:
    nora = access(organization, "coordinator", f"nora-{said}@maple.example")
    file = f"id,name,recording\nc-1,Chloe,{said}\nc-2,Somebody Else,{said}\n"
    row = imports.put_in(nora, "people", file.encode(), "roster.csv")
    imports.ask_check(nora, row.pk, here=True)
    imports.run(organization.pk, row.pk)
    imports.ask_write(nora, row.pk, here=True)
    imports.run(organization.pk, row.pk)


def test_a_yes_keeps_the_promise_and_opens_the_gate_and_a_no_shuts_it(
    session: Session, in_organization: Organization, run_jobs: RunJobs
) -> None:
    assert not gate.may_record(session)
    bring_in(in_organization, "yes")
    run_jobs()
    session.refresh_from_db()
    assert session.recording_wanted
    assert gate.may_record(session)
    assert Expectation.objects.get(session=session, kind=ask_consent.KIND).status == "met"

    bring_in(in_organization, "no")
    assert not gate.may_record(session), "the gate waits for no job"
    run_jobs()
    session.refresh_from_db()
    assert not session.recording_wanted


def test_who_is_in_no_session_and_waited_for_by_nobody_makes_no_jobs(session: Session, cast: Cast) -> None:
    idle = Person.objects.create(name="Idle")
    assert hear_consents.concerned([cast.chloe, idle.pk]) == {cast.chloe}
