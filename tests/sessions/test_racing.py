"""Thirty-two real connections want the same people: one wins, the others are told, and nobody deadlocks."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connections

from callboard.lib.errors import CallboardError
from callboard.lib.tenancy import organization_scope
from callboard.people.models import Organization
from callboard.sessions.operations import book, cancel, change_instructor, move
from tests.sessions.conftest import HOUR, START, Cast

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 32
OVERLAPS = """
SELECT count(*) FROM callboard_sessions_participant one JOIN callboard_sessions_participant other
  ON other.person_id = one.person_id AND other.id > one.id AND other.busy && one.busy
WHERE one.active AND other.active
"""

Work = Callable[[], Any]


@pytest.fixture
def cast(organization: Organization) -> Cast:
    with organization_scope(organization.pk):
        return Cast()


def race(organization: Organization, works: Sequence[Sequence[Work]]) -> Counter[str]:
    """Each sequence in a thread of its own, all at once; each work in a transaction of its own."""

    def one(some: Sequence[Work]) -> list[str]:
        try:
            return [answer(organization, work) for work in some]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return Counter(said for some in pool.map(one, works) for said in some)


def answer(organization: Organization, work: Work) -> str:
    try:
        with organization_scope(organization.pk):
            work()
    except CallboardError as error:
        return error.code
    return "done"


def overlaps(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute(OVERLAPS).fetchone()
    assert row is not None
    return int(row[0])


def test_of_many_who_want_the_same_instructor_one_gets_them(
    organization: Organization, cast: Cast, admin_connection: psycopg.Connection[Any]
) -> None:
    answers = race(organization, [[lambda: book(cast.booking())]] * THREADS)
    assert answers == {"done": 1, "double_booked": THREADS - 1}
    assert overlaps(admin_connection) == 0


def test_bookings_moves_and_cancellations_of_the_same_people_do_not_deadlock(
    organization: Organization, cast: Cast, admin_connection: psycopg.Connection[Any]
) -> None:
    def works(number: int) -> list[Work]:
        """Books, moves, reassigns and cancels a session of its own among everybody's people."""
        chance = random.Random(number)
        begins = START + timedelta(minutes=15 * chance.randrange(24))
        teaching = chance.choice([cast.iris, cast.ivan])
        booking = cast.booking(
            key=f"s-{number}",
            starts_at=begins,
            ends_at=begins + HOUR,
            instructor=teaching,
            learners=chance.sample([cast.ana, cast.ben, cast.chloe], 2),
        )
        other = cast.ivan if teaching == cast.iris else cast.iris
        return [
            lambda: book(booking),
            lambda: move(f"s-{number}", begins + HOUR, begins + 2 * HOUR),
            lambda: change_instructor(f"s-{number}", other),
            lambda: cancel(f"s-{number}"),
        ]

    answers = race(organization, [works(number) for number in range(THREADS)])
    assert answers.total() == 4 * THREADS
    assert set(answers) <= {"done", "double_booked", "not_found", "not_now"}
    assert answers["done"] > 0
    assert overlaps(admin_connection) == 0
