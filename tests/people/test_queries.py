"""Lists of people."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.lib import clock
from callboard.people import operations, queries
from callboard.people.models import Organization, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(in_organization: Organization) -> list[Person]:
    return operations.create_people(
        [
            operations.Draft(name="Ana Ruiz", email="ana@home.example", level="8"),
            operations.Draft(name="Bo Li", key="bo", skills=["algebra:8"]),
            operations.Draft(name="Ana Maria Sol", level="9"),
        ]
    )


def names(page: queries.PeoplePage) -> list[str]:
    return [each.name for each in page.people]


def test_people_are_found_by_every_word_of_a_search(people: list[Person]) -> None:
    assert names(queries.people_list("ana")) == ["Ana Maria Sol", "Ana Ruiz"]
    assert names(queries.people_list("sol ana")) == ["Ana Maria Sol"]
    assert names(queries.people_list("home.example")) == ["Ana Ruiz"]
    assert names(queries.people_list("bo")) == ["Bo Li"]
    assert names(queries.people_list("%")) == []


def test_an_erased_person_is_not_listed(people: list[Person]) -> None:
    Person.objects.filter(pk=people[0].pk).update(erased_at=clock.now())
    assert names(queries.people_list()) == ["Ana Maria Sol", "Bo Li"]


def test_a_list_comes_in_pages_and_a_page_too_far_is_the_last(
    in_organization: Organization, django_assert_max_num_queries: Any
) -> None:
    operations.create_people([operations.Draft(name=f"Student {n:03}", level="8") for n in range(120)])
    with django_assert_max_num_queries(2):
        first = queries.people_list(role="student")
        assert [each.student.level for each in first.people] == ["8"] * 50
    assert (first.pages, first.total) == (3, 120)
    last = queries.people_list(page=99)
    assert (last.page, len(last.people)) == (3, 20)
    assert queries.people_list("nobody").pages == 1
