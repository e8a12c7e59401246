"""Erasing a person over the API."""

from __future__ import annotations

import pytest

from tests.api.conftest import Caller, School, is_problem, key_of

pytestmark = pytest.mark.django_db


def test_a_person_is_erased_by_name_and_the_erasure_followed(school: School, key: Caller) -> None:
    told = key.get("/people/iris/erasure").json()
    assert (told["sessions"] >= 0, told["doubles"]) == (True, 0)
    created = key.post("/people", {"name": "Zoe Marti", "key": "zoe", "student": True}).json()
    assert created["id"] == "zoe"
    is_problem(key.post("/people/zoe/erasure", {"name": "Zoe"}), 422, "invalid")
    erasure = key.post("/people/zoe/erasure", {"name": "Zoe Marti"}).json()
    assert (erasure["status"], erasure["steps"], erasure["again"]) == ("running", {}, False)
    is_problem(key.get("/people/zoe"), 404, "person_not_found")
    assert key.get(f"/erasures/{erasure['reference']}").json() == erasure
    assert [each["reference"] for each in key.get("/erasures").json()["items"]] == [erasure["reference"]]
    is_problem(key.get("/erasures/era_none"), 404, "erasure_not_found")


def test_it_takes_a_scope_of_its_own(school: School) -> None:
    less = key_of(school.organization, "people.manage", "people.read")
    is_problem(less.get("/people/joan/erasure"), 403, "forbidden")
    is_problem(less.post("/people/joan/erasure", {"name": "Joan Serra"}), 403, "forbidden")
    is_problem(less.get("/erasures"), 403, "forbidden")
