"""Where a join link leads, and what its door says, at each moment of a session's life."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from callboard.lib import clock, tenancy
from callboard.lib.clock import VirtualClock
from callboard.lib.errors import Conflict, NotFound
from callboard.people.models import Guardianship, Person
from callboard.sessions import operations, queries
from callboard.sessions.models import JoinLink, Series, Session
from callboard.sessions.operations import letters, links
from callboard.sessions.rules import Meeting, leads_to
from tests.sessions.conftest import HOUR, START, Cast

pytestmark = pytest.mark.django_db


def token_of(url: str) -> str:
    return url.rpartition("/j/")[2]


def door_at(moment: datetime, url: str) -> links.Door:
    with clock.using(VirtualClock(moment)):
        return links.resolve(token_of(url))


def booked(cast: Cast, **changes: Any) -> Session:
    """Booked a day ahead, its room standing."""
    with clock.using(VirtualClock(START - timedelta(days=1))):
        session = operations.book(cast.booking(**changes))
        operations.room_ready(session.key, f"room-{session.key}")
    return session


@pytest.mark.parametrize(
    ("minutes", "state"),
    [(-16, "early"), (-15, "open"), (1, "open"), (2, "late"), (59, "late"), (75, "late"), (90, "over")],
)
def test_the_door_says_what_time_it_is(cast: Cast, minutes: int, state: str) -> None:
    url = links.link_for(cast.ana, booked(cast).key)
    door = door_at(START + timedelta(minutes=minutes), url)
    assert (door.state, door.role) == (state, "learner")


def test_without_a_room_the_door_says_so_until_it_stands(cast: Cast) -> None:
    session = operations.book(cast.booking())
    url = links.link_for(cast.ana, session.key)
    assert door_at(START, url).state == "not_ready"
    operations.room_ready(session.key, "room-1")
    assert door_at(START, url).state == "open"


def test_a_moved_session_is_found_at_its_new_time(cast: Cast) -> None:
    session = booked(cast)
    url = links.link_for(cast.ana, session.key)
    with clock.using(VirtualClock(START - HOUR)):
        operations.move(session.key, START + 24 * HOUR, START + 25 * HOUR)
    door = door_at(START, url)
    assert door.state == "early"
    assert door.session is not None
    assert door.session.moved_from == START
    assert door_at(START + 24 * HOUR, url).state == "open"


def test_a_cancelled_session_says_so_and_names_the_next_of_its_series(cast: Cast) -> None:
    series = Series.objects.create(title="Algebra")
    first = booked(cast, series=series.key)
    booked(cast, series=series.key, starts_at=START + 168 * HOUR, ends_at=START + 169 * HOUR)
    url = links.link_for(cast.ana, first.key)
    with clock.using(VirtualClock(START - HOUR)):
        operations.cancel(first.key)
    door = door_at(START, url)
    assert door.state == "cancelled"
    assert door.following is not None
    assert door.following.starts_at == START + 168 * HOUR
    assert door_at(START + 2 * HOUR, url).state == "early", (
        "and once its time has passed, the next one's door"
    )


def test_one_link_leads_through_a_whole_series(cast: Cast) -> None:
    series = Series.objects.create(title="Algebra")
    weeks = [
        booked(
            cast, series=series.key, starts_at=START + n * 168 * HOUR, ends_at=START + (n * 168 + 1) * HOUR
        )
        for n in range(3)
    ]
    urls = {links.link_for(cast.ana, session.key) for session in weeks}
    assert len(urls) == 1
    for n, session in enumerate(weeks):
        door = door_at(START + n * 168 * HOUR, next(iter(urls)))
        assert door.session == session


def test_whoever_was_replaced_finds_the_door_shut_and_who_replaced_them_open(cast: Cast) -> None:
    session = booked(cast)
    former = links.link_for(cast.iris, session.key)
    with clock.using(VirtualClock(START)):
        operations.change_instructor(session.key, cast.ivan)
    door = door_at(START, former)
    assert (door.state, door.role, door.lets_in) == ("replaced", "instructor", False)
    assert door_at(START, links.link_for(cast.ivan, session.key)).state == "open"


def test_a_replaced_link_only_says_that_it_was_replaced(cast: Cast) -> None:
    session = booked(cast)
    former = links.link_for(cast.ana, session.key)
    fresh = links.replace(cast.ana, session.key)
    assert fresh != former
    assert links.link_for(cast.ana, session.key) == fresh
    assert door_at(START, former).state == "replaced_link"
    assert door_at(START, fresh).state == "open"


def test_a_link_that_was_tampered_with_or_is_anothers_leads_nowhere(
    cast: Cast, other_organization: Any
) -> None:
    token = token_of(links.link_for(cast.ana, booked(cast).key))
    for bad in (token[:-1] + ("a" if token[-1] != "a" else "b"), "1.2.3.nonsense", ""):
        with pytest.raises(NotFound) as refused:
            links.resolve(bad)
        assert refused.value.code == "link_unknown"
    with tenancy.organization_scope(other_organization.pk), pytest.raises(NotFound):
        links.resolve(token)


def test_nothing_that_would_let_anyone_in_lies_in_the_database(cast: Cast) -> None:
    token = token_of(links.link_for(cast.ana, booked(cast).key))
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(link)::text FROM callboard_sessions_joinlink AS link")
        kept = " ".join(row[0] for row in cursor.fetchall())
    assert token.rpartition(".")[2] not in kept


def test_nobody_gets_a_link_to_what_they_have_no_part_in(cast: Cast) -> None:
    with pytest.raises(NotFound):
        links.link_for(cast.ben, booked(cast).key)
    assert not JoinLink.objects.exists()


def test_a_link_is_mailed_to_a_person_or_to_who_answers_for_them(cast: Cast, organization: Any) -> None:
    session = booked(cast)
    with pytest.raises(Conflict) as refused:
        links.send(organization.pk, cast.ana, session.key)
    assert refused.value.code == "no_address"
    parent = Person.objects.create(name="Petra", email="petra@home.example")
    Guardianship.objects.create(guardian=parent, student_id=cast.ana)
    assert links.send(organization.pk, cast.ana, session.key) == ("p…a@h…e.example",)
    (sent,) = mail.outbox
    assert sent.to == ["petra@home.example"]
    assert links.link_for(cast.ana, session.key) in sent.body
    assert "17:00 (Madrid)" in sent.body


def test_addresses_are_masked_down_to_what_their_owner_knows_again() -> None:
    assert letters.masked("joan@example.org") == "j…n@e…e.org"
    assert letters.masked("jo@localhost") == "j…@l…t"


def meeting(number: int, start: int, **changes: Any) -> Meeting:
    """An hour's session, so many minutes from START."""
    begins = START + timedelta(minutes=start)
    usual: dict[str, Any] = {"status": "ready", "room_stands": True, "taking_part": True}
    return Meeting(number, starts_at=begins, ends_at=begins + HOUR, **(usual | changes))


@pytest.mark.parametrize(
    ("at", "leads"),
    [(-20, 1), (-10, 1), (50, 1), (59, 1), (60, 2), (110, 2), (200, 2)],
)
def test_of_two_sessions_back_to_back_the_running_one_counts(at: int, leads: int) -> None:
    chosen, _ = leads_to([meeting(2, 60), meeting(1, 0)], START + timedelta(minutes=at))
    assert chosen is not None
    assert chosen.id == leads


def test_a_session_that_runs_over_gives_way_to_the_next_once_that_begins() -> None:
    running_over = meeting(1, 0, status="live")
    for minutes, leads in ((59, 1), (65, 2)):
        chosen, _ = leads_to([running_over, meeting(2, 60)], START + timedelta(minutes=minutes))
        assert chosen is not None
        assert chosen.id == leads


def test_what_is_far_ahead_and_cancelled_does_not_hide_what_comes_first() -> None:
    far = meeting(2, 60 * 24 * 9, status="cancelled", taking_part=False)
    chosen, _ = leads_to([far, meeting(1, 60 * 24 * 2)], START)
    assert chosen is not None
    assert chosen.id == 1


def test_a_link_without_any_session_leads_to_none(cast: Cast) -> None:
    session = booked(cast)
    url = links.link_for(cast.ana, session.key)
    queries.by_key(session.key).participants.all().delete()
    assert door_at(START, url).state == "nothing"
