"""Another time, another instructor, called off, planned anew: each keeps everybody in one place."""

from __future__ import annotations

import pytest

from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.live.models import Event
from callboard.people.models import Person
from callboard.people.operations import withdraw_consent
from callboard.sessions import queries
from callboard.sessions.models import Participant, RoomStatus, SessionStatus
from callboard.sessions.operations import book, cancel, change_instructor, move, went_live
from callboard.sessions.ports import RoomInfo
from tests.sessions.conftest import HOUR, START, Cast

pytestmark = pytest.mark.django_db


def test_moving_frees_the_old_time_and_takes_the_new(cast: Cast) -> None:
    session = move(book(cast.booking()).key, START + 3 * HOUR, START + 4 * HOUR)
    assert session.version == 2
    assert book(cast.booking()).version == 1
    with pytest.raises(Conflict):
        book(cast.at(180))


def test_a_session_may_move_into_its_own_time(cast: Cast) -> None:
    session = book(cast.booking())
    assert move(session.key, START + HOUR / 2, START + 3 * HOUR / 2).version == 2


def test_moving_to_where_it_is_changes_nothing(cast: Cast) -> None:
    session = book(cast.booking())
    assert move(session.key, START, START + HOUR).version == 1


def test_moving_onto_another_session_is_refused_and_leaves_it_where_it_was(cast: Cast) -> None:
    other = book(cast.at(180))
    session = book(cast.booking())
    with pytest.raises(Conflict) as caught:
        move(session.key, START + 3 * HOUR, START + 4 * HOUR)
    assert caught.value.details["session"] == other.key
    assert queries.by_key(session.key).starts_at == START


def test_a_time_that_cannot_be_is_refused(cast: Cast) -> None:
    session = book(cast.booking())
    with pytest.raises(Invalid):
        move(session.key, START, START)
    with pytest.raises(NotFound):
        move("nothing", START, START + HOUR)


def test_another_instructor_frees_the_first(cast: Cast) -> None:
    session = book(cast.booking())
    change_instructor(session.key, cast.ivan)
    teaching = queries.instructor(session)
    assert teaching is not None
    assert teaching.person_id == cast.ivan
    assert book(cast.booking(learners=[cast.ben])).version == 1


def test_an_instructor_who_is_taken_or_learns_here_or_does_not_teach_is_refused(cast: Cast) -> None:
    session = book(cast.booking(learners=[cast.ana, cast.ivan]))
    for who in (cast.ben, cast.ivan, 987654):
        with pytest.raises(Invalid):
            change_instructor(session.key, who)
    other = book(cast.at(180, instructor=cast.iris))
    taken = book(cast.at(180, instructor=cast.ivan, learners=[cast.ben]))
    with pytest.raises(Conflict) as caught:
        change_instructor(taken.key, cast.iris)
    assert caught.value.details["session"] == other.key


def test_the_same_instructor_again_changes_nothing(cast: Cast) -> None:
    session = book(cast.booking())
    assert change_instructor(session.key, cast.iris).version == 1


def test_cancelling_frees_everybody_and_twice_is_once(cast: Cast) -> None:
    session = book(cast.booking())
    assert cancel(session.key, "holiday").version == 2
    assert cancel(session.key, "again").cancel_reason == "holiday"
    assert not Participant.objects.filter(active=True).exists()
    assert book(cast.booking()).version == 1


def test_a_live_session_is_neither_moved_nor_cancelled(cast: Cast) -> None:
    session = book(cast.booking())
    went_live(session.key, START)
    with pytest.raises(Conflict) as caught:
        move(session.key, START + HOUR, START + 2 * HOUR)
    assert (caught.value.code, caught.value.details["status"]) == ("not_now", "live")
    with pytest.raises(Conflict):
        cancel(session.key)


def test_a_cancelled_session_planned_anew_has_its_last_people_and_wants_a_room(cast: Cast) -> None:
    session = book(cast.booking(learners=[cast.ana, cast.ben]))
    change_instructor(session.key, cast.ivan)
    cancel(session.key)
    again = move(session.key, START + HOUR, START + 2 * HOUR)
    assert again.status == SessionStatus.SCHEDULED
    assert again.room.status == RoomStatus.WANTED
    assert [each.person_id for each in queries.participants(again)] == [cast.ivan, cast.ana, cast.ben]


def test_planning_anew_is_refused_where_its_people_are_taken_meanwhile(cast: Cast) -> None:
    session = book(cast.booking())
    cancel(session.key)
    book(cast.booking())
    with pytest.raises(Conflict):
        move(session.key, START, START + HOUR)
    assert queries.by_key(session.key).status == SessionStatus.CANCELLED


def test_every_change_of_the_plan_is_in_the_log_of_evidence(cast: Cast) -> None:
    session = book(cast.booking(room=RoomInfo("r-1", region="eu", node="eu-2")))
    move(session.key, START + HOUR, START + 2 * HOUR)
    cancel(session.key)
    events = Event.objects.filter(session=session.key).order_by("seq").values_list("kind", flat=True)
    assert list(events) == ["session.planned", "session.planned", "session.cancelled"]


def test_a_change_of_instructor_judges_the_recording_anew(cast: Cast) -> None:
    session = book(cast.booking(recording_wanted=True))
    withdraw_consent(Person.objects.get(pk=cast.ivan), "recording")
    changed = change_instructor(session.key, cast.ivan)
    assert (changed.recording_wanted, changed.consents_missing) == (False, 1)
