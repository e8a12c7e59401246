"""Which promises are made, over the API: what is in force, its versions, and a change."""

from __future__ import annotations

import pytest

from tests.api.conftest import Caller, School, key_of

pytestmark = pytest.mark.django_db

OFF = {"learner_in": {"enabled": False}}


def promised(key: Caller, query: str = "") -> dict[str, bool]:
    return {item["kind"]: item["enabled"] for item in key.get(f"/promise-policy{query}").json()["items"]}


def test_promises_are_set_read_and_put_back(school: School, key: Caller) -> None:
    made = key.send("POST", "/promise-policy/versions", {"values": OFF, "expected": 0})
    assert (made.status_code, made.json()["version"]) == (201, 1)
    assert key.send("POST", "/promise-policy/versions", {"values": {}, "expected": 0}).status_code == 409
    on = {"scope": "session", "target": "s-1", "values": {"learner_in": {"enabled": True}}}
    assert key.send("POST", "/promise-policy/versions", on).status_code == 201
    assert not promised(key)["learner_in"]
    assert promised(key, "?session=s-1")["learner_in"]
    key.send("POST", "/promise-policy/versions", {"values": {}})
    assert key.send("POST", "/promise-policy/versions/1/restore", None).json()["restored"] == 1
    listed = key.get("/promise-policy/versions?scope=organization").json()["items"]
    assert [item["version"] for item in listed] == [4, 3, 1]


def test_what_cannot_be_meant_is_refused_by_field(key: Caller) -> None:
    answer = key.send("POST", "/promise-policy/versions", {"values": {"learner_in": {"minutes": 3}}})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["learner_in.minutes"])


def test_only_who_may_change_settings_changes_promises(school: School) -> None:
    reader = key_of(school.organization, "sessions.read")
    assert reader.send("POST", "/promise-policy/versions", {"values": OFF}).status_code == 403
    assert reader.get("/promise-policy").status_code == 200
