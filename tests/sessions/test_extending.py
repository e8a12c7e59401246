"""A session lasts longer, up to where somebody has to be elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callboard.lib.errors import Conflict, Invalid
from callboard.live.models import Event
from callboard.sessions import covers, operations, queries
from callboard.sessions.models import Participant, Session
from callboard.sessions.ports import RoomInfo
from tests.sessions.conftest import HOUR, START, Cast

pytestmark = pytest.mark.django_db
END = START + HOUR


@pytest.fixture(autouse=True)
def at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callboard.lib.clock.now", lambda: START)


@pytest.fixture
def live(cast: Cast) -> Session:
    session = operations.book(cast.booking(room=RoomInfo("r-1")))
    operations.went_live(session.key, START)
    return queries.by_key(session.key)


def test_a_live_session_ends_later_and_its_people_are_busy_as_long(live: Session, cast: Cast) -> None:
    extended = operations.extend(live.key, END + timedelta(minutes=15))
    assert extended.version == live.version + 1
    iris = Participant.objects.get(session=live, person=cast.iris)
    assert iris.busy.upper == END + timedelta(minutes=25)
    assert Event.objects.filter(session=live.key, kind="session.planned").count() == 2


def test_the_longest_possible_is_told_where_somebody_is_taken(live: Session, cast: Cast) -> None:
    operations.book(cast.at(90))  # Iris has ten minutes between any two
    longest = END + timedelta(minutes=20)
    assert operations.longest(live) == longest
    with pytest.raises(Conflict) as caught:
        operations.extend(live.key, END + timedelta(minutes=30))
    assert caught.value.code == "double_booked"
    assert caught.value.details["longest_ends_at"] == longest.isoformat()
    assert operations.extend(live.key, longest).ends_at == longest


def test_a_session_is_not_extended_to_an_earlier_end_nor_when_it_is_over(live: Session) -> None:
    with pytest.raises(Invalid):
        operations.extend(live.key, END - timedelta(minutes=5))
    operations.ended(live.key, START)
    with pytest.raises(Conflict, match="over"):
        operations.extend(live.key, END + timedelta(minutes=5))


def test_covers_are_listed_free_and_qualified_first(cast: Cast) -> None:
    session = operations.book(cast.booking(subject="maths", level="8"))
    [ivan] = covers.covers(session)
    assert (ivan.name, ivan.free, ivan.qualified) == ("Ivan", True, True)
    other = operations.book(cast.booking(instructor=cast.ivan, learners=[cast.ben]))
    [ivan] = covers.covers(session)
    assert (ivan.free, ivan.taken_by) == (False, other.key)
