"""Who may see which sessions, and where people are taken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callboard.people import operations as people
from callboard.people.access import Access
from callboard.people.models import Organization, Person
from callboard.sessions import queries
from callboard.sessions.models import Session
from callboard.sessions.operations import book, cancel, mark_absent, went_live
from tests.sessions.conftest import HOUR, START, Cast

pytestmark = pytest.mark.django_db


def access(organization: Organization, *scopes: str, person: int | None = None) -> Access:
    return Access(
        organization=organization.pk,
        organization_slug=organization.slug,
        member=None,
        user=None,
        role="member",
        person=person,
        key=None,
        scopes=frozenset(scopes),
    )


@pytest.fixture
def two(cast: Cast) -> tuple[Session, Session]:
    """Iris with Ana; Ivan with Ben."""
    return book(cast.booking()), book(cast.booking(instructor=cast.ivan, learners=[cast.ben]))


def test_whoever_may_read_sessions_sees_all_of_them(
    in_organization: Organization, two: tuple[Session, Session]
) -> None:
    assert queries.visible_to(access(in_organization, "sessions.read")).count() == 2


def test_an_instructor_sees_their_own_and_a_guardian_their_childs(
    in_organization: Organization, two: tuple[Session, Session], cast: Cast
) -> None:
    own = queries.visible_to(access(in_organization, "own.read", person=cast.iris))
    assert [session.key for session in own] == [two[0].key]
    guardian = people.create_person("Grace")
    people.add_guardian(guardian, Person.objects.get(pk=cast.ben), "mother")
    childs = queries.visible_to(access(in_organization, "own.read", person=guardian.pk))
    assert [session.key for session in childs] == [two[1].key]


def test_whoever_may_read_nothing_sees_nothing(
    in_organization: Organization, two: tuple[Session, Session], cast: Cast
) -> None:
    assert not queries.visible_to(access(in_organization, "cases.act", person=cast.iris)).exists()


def test_between_finds_what_lies_in_the_time_if_only_in_part(
    in_organization: Organization, two: tuple[Session, Session]
) -> None:
    asker = access(in_organization, "sessions.read")
    half = timedelta(minutes=30)
    assert queries.between(asker, START + half, START + 2 * HOUR).count() == 2
    assert queries.between(asker, START + HOUR, START + 2 * HOUR).count() == 0


def test_participants_are_listed_with_the_instructor_first(two: tuple[Session, Session], cast: Cast) -> None:
    listed = queries.with_participants(Session.objects.filter(pk=two[0].pk)).get()
    assert [each.person_id for each in listed.active_participants] == [cast.iris, cast.ana]  # type: ignore[attr-defined]


def test_what_may_be_done_follows_the_state_and_the_provider(two: tuple[Session, Session]) -> None:
    session = two[0]
    assert queries.may(session, "move")
    assert queries.may(session, "end")
    assert not queries.may(session, "restart_recording")
    went_live(session.key, START)
    session.refresh_from_db()
    assert not queries.may(session, "cancel")
    assert not queries.may(session, "end")  # nobody here can end a room of its provider
    cancelled = cancel(two[1].key)
    assert not queries.may(cancelled, "mark_absent")


def test_busy_lists_whole_timetables_and_not_what_was_cancelled(
    two: tuple[Session, Session], cast: Cast
) -> None:
    cancel(two[1].key)
    taken = queries.busy([cast.iris, cast.ivan, cast.ana], START, START + HOUR)
    assert sorted(each.person_id for each in taken) == sorted([cast.iris, cast.ana])


def test_who_was_marked_absent_is_known(two: tuple[Session, Session], cast: Cast) -> None:
    assert not queries.is_marked_absent(two[0].key, cast.ana)
    mark_absent(two[0].key, cast.ana)
    assert queries.is_marked_absent(two[0].key, cast.ana)
