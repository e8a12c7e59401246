"""Whoever has to is asked in time; no answer before the first session is a case, any answer ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from callboard.cases import operations as cases
from callboard.cases.models import Case
from callboard.cases.registry import actions_for, first_action
from callboard.expectations import operations as expectations
from callboard.expectations.models import Expectation
from callboard.people import operations as people
from callboard.people import queries
from callboard.people.models import Organization, Person
from callboard.sessions import operations
from callboard.sessions.models import Session
from callboard.sessions.operations import letters
from callboard.workflows import ask_consent
from tests.people.cast import access
from tests.sessions.conftest import START, Cast
from tests.workflows.conftest import Moody

pytestmark = pytest.mark.django_db

RunJobs = Callable[..., list[str]]
NOW = START - timedelta(days=7)


@pytest.fixture
def chloe(cast: Cast, provider: Moody, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Nobody has ever said whether Chloe may be recorded; her mother Clara could."""
    monkeypatch.setattr("callboard.lib.clock.now", lambda: NOW)
    chloe = Person.objects.get(pk=cast.chloe)
    people.add_guardian(people.create_person("Clara", email="clara@home.example"), chloe, "mother")
    return chloe


def book(cast: Cast, minutes: int = 0) -> Session:
    return operations.book(cast.at(minutes, learners=[cast.chloe], recording_wanted=True))


def promises() -> list[tuple[int, str]]:
    rows = Expectation.objects.filter(kind=ask_consent.KIND)
    return sorted(rows.values_list("session_id", "status"))


def test_an_answer_is_expected_a_day_before_the_first_session_and_no_other(
    cast: Cast, chloe: Person, run_jobs: RunJobs
) -> None:
    later = book(cast, 120)
    run_jobs()
    first = book(cast)
    run_jobs()
    assert promises() == sorted([(later.pk, "waived"), (first.pk, "due")])
    promise = Expectation.objects.get(session=first, kind=ask_consent.KIND)
    assert (promise.person_id, promise.due_at) == (chloe.pk, START - timedelta(days=1))


def test_her_guardian_is_mailed_once_with_a_link_and_no_other_familys_name(
    cast: Cast, chloe: Person, run_jobs: RunJobs
) -> None:
    for minutes in (0, 120):
        book(cast, minutes)
        run_jobs()
    [letter] = mail.outbox
    assert letter.to == ["clara@home.example"]
    assert "Chloe" in letter.subject
    assert "/c/" in letter.body


def test_where_one_guardian_cannot_be_mailed_the_other_is_mailed_once_and_it_is_given_up(
    cast: Cast, chloe: Person, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.add_guardian(people.create_person("Dan", email="dan@gone.example"), chloe, "father")

    def hand_over(letter: letters.Letter) -> None:
        if letter.to == ("dan@gone.example",):
            raise letters.NotSent
        handed.append(letter.to)

    handed: list[tuple[str, ...]] = []
    monkeypatch.setattr(letters, "hand_over", hand_over)
    book(cast)
    with pytest.raises(letters.NotSent):
        run_jobs()
    run_jobs()
    assert handed == [("clara@home.example",)]
    [dans] = ProcrastinateJob.objects.filter(task_name="ask_consent.write", args__speaker=dan_of(chloe))
    with pytest.raises(letters.NotSent):
        ask_consent.write(**dans.args)
    assert handed == [("clara@home.example",)], "Clara has hers"
    retry: Any = ask_consent.write.retry_strategy
    assert ProcrastinateJob.objects.filter(task_name="ask_consent.write").count() == 2
    assert retry.get_retry_decision(exception=letters.NotSent(), job=tried(dans, ask_consent.TRIES)) is None


def dan_of(chloe: Person) -> int:
    return next(each.pk for each in queries.guardians(chloe.pk) if each.name == "Dan")


def tried(job: ProcrastinateJob, times: int) -> Job:
    return Job(id=job.pk, status="doing", queue=job.queue_name, lock=None, queueing_lock=None,
               task_name=job.task_name, attempts=times)  # fmt: skip


def test_who_has_answered_is_not_asked(cast: Cast, chloe: Person, run_jobs: RunJobs) -> None:
    operations.book(cast.booking(recording_wanted=True))
    operations.book(cast.at(120, learners=[cast.chloe]))
    run_jobs()
    assert promises() == []
    assert mail.outbox == []


@pytest.mark.parametrize("yes", [True, False])
def test_yes_and_no_both_keep_it(cast: Cast, chloe: Person, run_jobs: RunJobs, yes: bool) -> None:
    first = book(cast)
    run_jobs()
    clara = Person.objects.get(name="Clara")
    people.answer_consent(chloe, "recording", yes=yes, by=clara, way="link")
    run_jobs()
    assert promises() == [(first.pk, "met")]


def test_a_session_called_off_leaves_it_to_the_next(cast: Cast, chloe: Person, run_jobs: RunJobs) -> None:
    first, later = book(cast), book(cast, 120)
    run_jobs()
    operations.cancel(first.key)
    run_jobs()
    assert promises() == sorted([(first.pk, "waived"), (later.pk, "due")])


def test_booked_at_the_last_moment_they_have_an_hour_but_not_longer_than_to_the_start(
    cast: Cast, chloe: Person, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callboard.lib.clock.now", lambda: START - timedelta(hours=3))
    soon = book(cast)
    run_jobs()
    promise = Expectation.objects.get(session=soon, kind=ask_consent.KIND)
    assert promise.due_at == START - timedelta(hours=2)


@pytest.fixture
def unanswered(cast: Cast, chloe: Person, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A day before the session, and nobody has answered."""
    book(cast)
    run_jobs()
    mail.outbox.clear()
    monkeypatch.setattr("callboard.lib.clock.now", lambda: START - timedelta(hours=23))
    assert expectations.mind_due() == 1
    run_jobs()
    return Case.objects.get(kind=ask_consent.CASE)


def test_nobody_answers_in_time_and_it_is_a_case_that_offers_to_ask_again(
    unanswered: Case,
    chloe: Person,
    in_organization: Organization,
    django_capture_on_commit_callbacks: Any,
) -> None:
    assert (unanswered.person_id, unanswered.severity) == (chloe.pk, "soon")
    assert unanswered.raised_at == START - timedelta(days=1)
    assert "ask_consent" in [each.name for each in actions_for(unanswered)]
    nora = access(in_organization, "coordinator", "nora@maple.example")
    with django_capture_on_commit_callbacks(execute=True):
        entry = cases.act(nora, unanswered.pk, "ask_consent")
    assert entry is not None
    [letter] = mail.outbox
    assert letter.to == ["clara@home.example"]


def test_an_answer_clears_the_case_and_was_late(unanswered: Case, chloe: Person, run_jobs: RunJobs) -> None:
    people.answer_consent(chloe, "recording", yes=True, by=Person.objects.get(name="Clara"), way="link")
    run_jobs()
    unanswered.refresh_from_db()
    assert unanswered.status == "cleared"
    assert [status for _session, status in promises()] == ["late"]


def test_who_cannot_be_written_to_is_a_case_without_that_offer(
    cast: Cast, chloe: Person, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    Person.objects.filter(name="Clara").update(email="")
    book(cast)
    run_jobs()
    monkeypatch.setattr("callboard.lib.clock.now", lambda: START)
    expectations.mind_due()
    run_jobs()
    case = Case.objects.get(kind=ask_consent.CASE)
    assert case.details["key"] == "consent_unreachable"
    assert "ask_consent" not in [each.name for each in actions_for(case)]
    assert first_action(case) is None
    Person.objects.filter(name="Clara").update(email="clara@new.example")
    assert "ask_consent" in [each.name for each in actions_for(Case.objects.get())], (
        "what it asked for was done"
    )
