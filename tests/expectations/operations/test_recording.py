"""What the evidence says of promises: said twice it is said once, and strangers promise nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callboard.expectations.models import Expectation
from callboard.expectations.operations import Kept, record, record_many
from callboard.people.models import Person
from callboard.sessions.models import Session
from tests.sessions.conftest import START, Cast

pytestmark = pytest.mark.django_db


def test_a_promise_is_kept_with_its_moment_and_evidence(session: Session, cast: Cast) -> None:
    iris = Person.objects.get(pk=cast.iris)
    record(session.key, "instructor_in", iris.key, "met", START, ["e-1", "e-2"])
    row = Expectation.objects.get(kind="instructor_in")
    assert (row.status, row.met_at, row.evidence) == ("met", START, ["e-1", "e-2"])


def test_the_same_said_again_changes_nothing(session: Session) -> None:
    record(session.key, "room_ready", None, "met", START)
    before = Expectation.objects.get(kind="room_ready").changed_at
    record(session.key, "room_ready", None, "met", START)
    assert Expectation.objects.get(kind="room_ready").changed_at == before


def test_late_evidence_corrects_what_was_missed(session: Session) -> None:
    record(session.key, "room_ready", None, "missed")
    record(session.key, "room_ready", None, "met", START - timedelta(minutes=20))
    assert Expectation.objects.get(kind="room_ready").status == "met"


def test_the_engines_due_replaces_the_plans(session: Session) -> None:
    record(session.key, "recording_running", None, "open", due_at=START + timedelta(minutes=4))
    row = Expectation.objects.get(kind="recording_running")
    assert (row.status, row.due_at) == ("due", START + timedelta(minutes=4))


def test_of_one_promise_told_of_twice_the_last_word_counts(session: Session) -> None:
    told = [
        Kept(session.key, "lasted", None, "missed"),
        Kept(session.key, "lasted", None, "met", met_at=START),
    ]
    record_many(told)
    assert Expectation.objects.get(kind="lasted").status == "met"


def test_what_concerns_nobody_known_is_passed_over(session: Session) -> None:
    before = Expectation.objects.count()
    record("no-such-session", "lasted", None, "met")
    record(session.key, "learner_in", "a-stranger", "met")
    assert Expectation.objects.count() == before
