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


def test_changes_of_settings_tell_who_and_what_from_and_to(school: School, key: Caller) -> None:
    key.send("PATCH", "/organization", {"name": "Maple Hill"})
    key.send("PUT", "/queues/night", {"name": "Night", "strict": True})
    made, renamed = key.get("/organization/changes?limit=2").json()["items"]
    assert (made["what"], made["about"], made["before"]) == ("queue", "night", {})
    assert made["after"]["strict"] is True
    assert (renamed["what"], renamed["after"], renamed["by"]) == (
        "organization", {"name": "Maple Hill"}, "Tests"
    )  # fmt: skip
    assert key.get("/organization/changes?what=queue").json()["items"] == [made]
