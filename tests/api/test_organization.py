"""The organization over the API."""

from __future__ import annotations

import pytest

from tests.api.conftest import Caller, School, is_problem

pytestmark = pytest.mark.django_db


def test_the_organization_is_read_and_changed_in_part(school: School, key: Caller) -> None:
    before = key.get("/organization").json()
    assert before["zone"] == "Europe/Madrid"
    changed = key.send("PATCH", "/organization", {"name": "Maple Hill"}).json()
    assert (changed["name"], changed["zone"]) == ("Maple Hill", "Europe/Madrid")


def test_a_zone_that_is_none_is_refused(school: School, key: Caller) -> None:
    answer = key.send("PATCH", "/organization", {"zone": "Mars/Base"})
    assert is_problem(answer, 422, "invalid")
