"""Booking: what it refuses, and that nobody is ever in two places."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from callboard.lib.errors import Conflict, Invalid
from callboard.people.models import Person
from callboard.people.operations import withdraw_consent
from callboard.sessions import queries
from callboard.sessions.models import Participant, RoomStatus, SessionStatus
from callboard.sessions.operations import Booking, book, book_many
from callboard.sessions.ports import NoPlanLog, NoPromises, Planned, RoomInfo, filled
from tests.sessions.conftest import HOUR, START, Cast

pytestmark = pytest.mark.django_db


def refused(booking: Booking) -> dict[str, Any]:
    with pytest.raises(Invalid) as caught:
        book(booking)
    return caught.value.fields


def test_a_booking_makes_a_session_its_participants_and_a_wanted_room(cast: Cast) -> None:
    session = book(cast.booking(learners=[cast.ana, cast.ben]))
    assert session.status == SessionStatus.SCHEDULED
    assert session.version == 1
    assert session.room.status == RoomStatus.WANTED
    assert [each.person_id for each in queries.participants(session)] == [cast.iris, cast.ana, cast.ben]


def test_a_booking_whose_room_stands_is_ready_at_once(cast: Cast) -> None:
    session = book(cast.booking(room=RoomInfo("r-1", "https://rooms.example/r-1", "eu", "eu-2")))
    assert session.status == SessionStatus.READY
    assert (session.room.external_id, session.room.node) == ("r-1", "eu-2")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"ends_at": START}, "ends_at"),
        ({"ends_at": START + 25 * HOUR}, "ends_at"),
        ({"starts_at": datetime(2026, 3, 2, 16, 0)}, "starts_at"),  # noqa: DTZ001 - that is what is tested
        ({"learners": []}, "learners"),
        ({"learners": [987654]}, "learners"),
        ({"instructor": 987654}, "instructor"),
        ({"provider": ""}, "provider"),
        ({"key": ""}, "key"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field(cast: Cast, changes: dict[str, Any], field: str) -> None:
    assert field in refused(cast.booking(**changes))


def test_a_learner_twice_or_who_teaches_it_is_refused(cast: Cast) -> None:
    assert "learners" in refused(cast.booking(learners=[cast.ana, cast.ana]))
    assert "learners" in refused(cast.booking(learners=[cast.iris]))


def test_someone_who_does_not_teach_cannot_be_the_instructor(cast: Cast) -> None:
    assert "instructor" in refused(cast.booking(instructor=cast.ben))


def test_an_instructor_taken_is_refused_saying_who_and_by_what(cast: Cast) -> None:
    first = book(cast.booking())
    with pytest.raises(Conflict) as caught:
        book(cast.at(30, learners=[cast.ben]))
    assert caught.value.code == "double_booked"
    assert caught.value.details["session"] == first.key
    assert caught.value.details["person"] == Person.objects.get(pk=cast.iris).key


def test_a_learner_taken_is_refused_with_each_clash_listed(cast: Cast) -> None:
    book(cast.booking(learners=[cast.ana, cast.ben]))
    with pytest.raises(Conflict) as caught:
        book(cast.at(30, instructor=cast.ivan, learners=[cast.ana, cast.ben]))
    assert {each["person_id"] for each in caught.value.details["clashes"]} == {cast.ana, cast.ben}


def test_sessions_may_touch_for_learners(cast: Cast) -> None:
    book(cast.booking())
    assert book(cast.at(60, instructor=cast.ivan)).version == 1


@pytest.mark.parametrize("minutes", [-69, 60, 69])
def test_less_than_the_instructors_buffer_between_two_sessions_is_refused(cast: Cast, minutes: int) -> None:
    book(cast.booking())
    with pytest.raises(Conflict):
        book(cast.at(minutes, learners=[cast.ben]))


@pytest.mark.parametrize("minutes", [-70, 70])
def test_exactly_the_buffer_between_two_sessions_is_enough(cast: Cast, minutes: int) -> None:
    book(cast.booking())
    assert book(cast.at(minutes, learners=[cast.ben])).version == 1


def test_a_timetable_is_booked_all_or_nothing(cast: Cast) -> None:
    book(cast.booking())
    with pytest.raises(Conflict):
        book_many([cast.at(120), cast.at(30, instructor=cast.ivan)])
    assert Participant.objects.count() == 2


def test_bookings_of_one_timetable_that_clash_with_each_other_are_refused(cast: Cast) -> None:
    with pytest.raises(Conflict) as caught:
        book_many([cast.at(0), cast.at(65, learners=[cast.ben])])
    assert caught.value.details["bookings"] == [0, 1]


def test_in_a_timetable_a_bad_booking_is_named_by_its_position(cast: Cast) -> None:
    with pytest.raises(Invalid) as caught:
        book_many([cast.at(0), cast.at(120, title="")])
    assert list(caught.value.fields) == ["1.title"]


def test_a_timetable_of_hundreds_takes_the_organizations_lock_and_few_facts(cast: Cast) -> None:
    before = ProcrastinateJob.objects.count()
    sessions = book_many([cast.at(120 * n) for n in range(250)])
    assert len({session.key for session in sessions}) == 250
    assert ProcrastinateJob.objects.count() - before <= 3 * 2


def test_a_key_is_taken_once(cast: Cast) -> None:
    assert book(cast.booking(key="s-17")).key == "s-17"
    with pytest.raises(Conflict) as caught:
        book(cast.at(120, key="s-17"))
    assert caught.value.code == "key_taken"


def test_a_recording_needs_everybodys_consent_and_says_whose_is_missing(cast: Cast) -> None:
    allowed = book(cast.booking(recording_wanted=True))
    assert (allowed.recording_wanted, allowed.recording_refusal) == (True, "")
    refusing = book(cast.at(120, recording_wanted=True, learners=[cast.ana, cast.chloe]))
    assert not refusing.recording_wanted
    assert refusing.recording_refusal == "Not recorded: the consent of 1 person is missing."


def test_a_consent_withdrawn_before_booking_counts_no_more(cast: Cast) -> None:
    withdraw_consent(Person.objects.get(pk=cast.ana), "recording")
    assert not book(cast.booking(recording_wanted=True)).recording_wanted


def test_the_constraint_refuses_what_no_check_has_seen(cast: Cast) -> None:
    session = book(cast.booking())
    row = Participant.objects.get(session=session, person_id=cast.ana)
    other = book(cast.at(120, instructor=cast.ivan, learners=[cast.ben]))
    with pytest.raises(IntegrityError), transaction.atomic():
        Participant.objects.create(session=other, person_id=cast.ana, role="learner", busy=row.busy)


class Noting(NoPlanLog, NoPromises):
    """A plan log and promises that note what they are told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, int]] = []

    def write_plans(self, plans: Any) -> None:
        self._note("plan", plans)

    def derive(self, plans: Any) -> None:
        self._note("promise", plans)

    def _note(self, what: str, plans: list[Planned]) -> None:
        for session, participants, _room in plans:
            self.told.append((what, session.key, len(list(participants))))


def test_promises_are_derived_and_the_plan_is_logged_last(cast: Cast, monkeypatch: Any) -> None:
    noting = Noting()
    monkeypatch.setattr(filled, "plan_log", noting)
    monkeypatch.setattr(filled, "promises", noting)
    session = book(cast.booking())
    assert noting.told == [("promise", session.key, 2), ("plan", session.key, 2)]


def test_busy_time_reads_back_with_the_buffer_after_the_session(cast: Cast) -> None:
    book(cast.booking())
    (iris,) = queries.busy([cast.iris], START, START + HOUR)
    assert (iris.busy.lower, iris.busy.upper) == (START, START + HOUR + timedelta(minutes=10))
