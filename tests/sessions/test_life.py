"""A session's room, its going live, its end, its recorders: each told once, in whatever order it is said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callboard.lib.errors import Conflict, NotFound
from callboard.live.models import Event
from callboard.sessions import queries
from callboard.sessions.models import Recording, RoomStatus, SessionStatus
from callboard.sessions.operations import (
    Heard,
    all_ended,
    all_went_live,
    book,
    cancel,
    end,
    ended,
    mark_absent,
    note_recording,
    note_recordings,
    restart_recording,
    room_closed,
    room_problem,
    room_ready,
    went_live,
)
from tests.sessions.conftest import HOUR, START, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_day_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callboard.lib.clock.now", lambda: START - 24 * HOUR)


def test_a_room_that_stands_makes_the_session_ready_once(cast: Cast) -> None:
    session = book(cast.booking())
    assert room_ready(session.key, "r-1", "https://rooms.example/r-1")
    assert not room_ready(session.key, "r-2")
    session = queries.by_key(session.key)
    assert (session.status, session.room.external_id) == (SessionStatus.READY, "r-1")


def test_where_a_room_stands_is_a_new_plan_while_the_session_has_not_begun(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = book(cast.booking()), book(cast.at(120))
    room_ready(first.key, "r-1", region="eu", node="eu-2")
    assert Event.objects.filter(session=first.key, kind="session.planned").count() == 2
    monkeypatch.setattr("callboard.lib.clock.now", lambda: START + 3 * HOUR)
    room_ready(second.key, "r-2", region="eu", node="eu-2")
    assert Event.objects.filter(session=second.key, kind="session.planned").count() == 1


def test_attempts_that_failed_are_counted_and_their_reason_is_shown(cast: Cast) -> None:
    session = book(cast.booking())
    room_problem(session.key, "No room to give.")
    room_problem(session.key, "x" * 500)
    room = queries.by_key(session.key).room
    assert (room.attempts, len(room.problem)) == (2, 200)


def test_a_cancelled_session_wants_no_room(cast: Cast) -> None:
    session = book(cast.booking())
    cancel(session.key)
    assert not room_ready(session.key, "r-1")
    assert queries.by_key(session.key).room.status == RoomStatus.CLOSED
    assert not room_closed(session.key)


def test_going_live_and_ending_happen_once(cast: Cast) -> None:
    session = book(cast.booking())
    assert went_live(session.key, START)
    assert not went_live(session.key, START + HOUR)
    assert ended(session.key, START + HOUR)
    assert not ended(session.key, START + 2 * HOUR)
    session = queries.by_key(session.key)
    assert (session.started_at, session.ended_at) == (START, START + HOUR)


def test_a_session_that_never_went_live_ends_too(cast: Cast) -> None:
    session = book(cast.booking())
    assert ended(session.key, START + HOUR)
    assert queries.by_key(session.key).status == SessionStatus.ENDED


def test_a_cancelled_session_neither_goes_live_nor_ends(cast: Cast) -> None:
    session = book(cast.booking())
    cancel(session.key)
    assert not went_live(session.key, START)
    assert not ended(session.key, START)
    with pytest.raises(Conflict):
        end(session.key)


def test_whoever_is_not_expected_cannot_be_marked_absent(cast: Cast) -> None:
    session = book(cast.booking())
    with pytest.raises(NotFound):
        mark_absent(session.key, cast.ben)


def test_a_recording_is_restarted_only_where_one_is_wanted_and_the_session_runs(cast: Cast) -> None:
    session = book(cast.booking(recording_wanted=True))
    with pytest.raises(Conflict) as caught:
        restart_recording(session.key)
    assert caught.value.code == "not_now"


def test_what_is_known_of_a_recorder_only_grows(cast: Cast) -> None:
    session = book(cast.booking())
    note_recording(session.key, "rec-1", started_at=START, seconds=30)
    note_recording(session.key, "rec-1", seconds=10, started_at=START + timedelta(seconds=5))
    note_recording(session.key, "rec-1", status="stopped", stopped_at=START + HOUR)
    note_recording(session.key, "rec-1", file_at=START + HOUR, file_seconds=29.5, file_silent=False)
    recording = Recording.objects.get()
    assert (recording.started_at, recording.seconds, recording.status) == (START, 30, "stopped")
    assert (recording.file_seconds, recording.file_silent) == (29.5, False)


def test_of_many_that_go_live_or_end_at_once_only_those_that_change_are_answered(cast: Cast) -> None:
    first, second, off = book(cast.booking()), book(cast.at(120)), book(cast.at(240))
    cancel(off.key)
    went_live(first.key, START)
    both = {one.key: START + HOUR for one in (first, second, off)} | {"no-such-session": START}
    assert all_went_live(both) == [second.key]
    assert set(all_ended(both)) == {first.key, second.key}
    assert all_ended(both) == []
    assert queries.by_key(first.key).started_at == START
    assert queries.by_key(off.key).status == SessionStatus.CANCELLED


def test_of_many_recorders_those_of_unknown_sessions_are_passed_over(cast: Cast) -> None:
    session = book(cast.booking())
    heard = [
        Heard(session=session.key, recorder="b", status="failed"),
        Heard(session="no-such-session", recorder="a", seconds=1),
        Heard(session=session.key, recorder="a", seconds=12),
    ]
    note_recordings(heard)
    note_recordings(heard)
    kept = Recording.objects.order_by("recorder").values_list("recorder", "status", "seconds")
    assert list(kept) == [("a", "running", 12), ("b", "failed", 0)]
