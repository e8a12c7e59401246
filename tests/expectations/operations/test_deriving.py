"""A plan writes down what it promises, and a change of it changes that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callboard.expectations.models import Expectation
from callboard.expectations.operations import record, set_policy, unwaive_person, waive_person
from callboard.people.models import Person
from callboard.sessions import operations as sessions
from callboard.sessions.models import Session
from tests.sessions.conftest import HOUR, START, Cast

pytestmark = pytest.mark.django_db


def standing(session: Session) -> dict[tuple[str, int | None], str]:
    rows = Expectation.objects.filter(session=session).values_list("kind", "person_id", "status")
    return {(kind, person): status for kind, person, status in rows}


def test_booking_promises_the_room_the_people_and_the_recording(session: Session, cast: Cast) -> None:
    assert standing(session) == {
        ("room_ready", None): "due",
        ("instructor_in", cast.iris): "due",
        ("learner_in", cast.ana): "due",
        ("learner_in", cast.ben): "due",
        ("recording_running", None): "due",
        ("lasted", None): "due",
        ("file_arrived", None): "due",
    }


def test_a_kind_that_policy_switches_off_is_neither_promised_nor_recorded(cast: Cast) -> None:
    set_policy({"lasted": {"enabled": False}})
    session = sessions.book(cast.booking())
    record(session.key, "lasted", None, "missed", due_at=START)
    assert ("lasted", None) not in standing(session)


def test_moving_moves_what_is_due(session: Session) -> None:
    sessions.move(session.key, START + HOUR, START + 2 * HOUR)
    assert Expectation.objects.get(kind="room_ready").due_at == START + HOUR - timedelta(minutes=15)


def test_what_was_kept_stays_kept_when_the_session_moves(session: Session) -> None:
    record(session.key, "room_ready", None, "met", START - HOUR, ["e-1"])
    sessions.move(session.key, START + HOUR, START + 2 * HOUR)
    kept = Expectation.objects.get(kind="room_ready")
    assert (kept.status, kept.evidence) == ("met", ["e-1"])


def test_cancelling_waives_and_planning_anew_promises_again(session: Session) -> None:
    sessions.cancel(session.key, "holiday")
    assert set(standing(session).values()) == {"waived"}
    sessions.move(session.key, START, START + HOUR)
    assert set(standing(session).values()) == {"due"}


def test_another_instructor_takes_over_the_promise(session: Session, cast: Cast) -> None:
    sessions.change_instructor(session.key, cast.ivan)
    now = standing(session)
    assert now["instructor_in", cast.iris] == "waived"
    assert now["instructor_in", cast.ivan] == "due"


def test_who_is_waived_is_not_missed_and_may_still_come(session: Session, cast: Cast) -> None:
    ana = Person.objects.get(pk=cast.ana)
    waive_person(session.key, cast.ana)
    record(session.key, "learner_in", ana.key, "missed")
    assert standing(session)["learner_in", cast.ana] == "waived"
    record(session.key, "learner_in", ana.key, "late", START + timedelta(minutes=20), ["e-2"])
    assert standing(session)["learner_in", cast.ana] == "late"


def test_a_waiver_can_be_taken_back(session: Session, cast: Cast) -> None:
    waive_person(session.key, cast.ana)
    assert unwaive_person(session.key, cast.ana) == 1
    assert standing(session)["learner_in", cast.ana] == "due"
