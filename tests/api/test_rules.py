"""The live rules over the API: what is in force, changing it, trying it on the past, and why a case is."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.lib.tenancy import organization_scope
from callboard.live.models import Backtest, LivePolicy
from tests.api.conftest import Caller, School, key_of

pytestmark = pytest.mark.django_db


def rule(told: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(item for item in told["items"] if item["kind"] == kind)


def test_the_rules_in_force_come_with_sentences_and_bounds(key: Caller) -> None:
    told = key.get("/rules").json()
    dropped = rule(told, "dropped")
    assert (told["versions"], dropped["on"], dropped["severity"]) == ([], True, "soon")
    assert dropped["text"].startswith("Raised when someone who was in is not back 90 s after leaving")
    assert dropped["thresholds"][0] == {
        "name": "dropped_after_s", "value": 90, "usual": 90, "least": 10, "most": 1800
    }  # fmt: skip
    assert rule(told, "incident")["severity"] is None


def test_rules_are_set_read_and_put_back(key: Caller) -> None:
    body = {"values": {"dropped_after_s": 60, "rules": {"overrun": {"on": False}}}, "expected": 0}
    made = key.send("POST", "/rules/versions", body)
    assert (made.status_code, made.json()["version"]) == (201, 1)
    assert key.send("POST", "/rules/versions", body).json()["code"] == "policy_changed"
    told = key.get("/rules").json()
    assert (rule(told, "dropped")["thresholds"][0]["value"], rule(told, "overrun")["on"]) == (60, False)
    key.send("POST", "/rules/versions", {"values": {}})
    assert key.send("POST", "/rules/versions/1/restore", None).json()["restored"] == 1
    listed = key.get("/rules/versions").json()["items"]
    assert [item["version"] for item in listed] == [3, 2, 1]


def test_what_cannot_be_meant_is_refused_by_field(key: Caller) -> None:
    answer = key.send("POST", "/rules/versions", {"values": {"loss": 7}})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["loss"])


def test_a_session_goes_by_its_own_rules(school: School, key: Caller) -> None:
    body = {"scope": "session", "target": "s-1", "values": {"dropped_after_s": 30}}
    assert key.send("POST", "/rules/versions", body).status_code == 201
    assert rule(key.get("/rules?session=s-1").json(), "dropped")["thresholds"][0]["value"] == 30
    assert rule(key.get("/rules").json(), "dropped")["thresholds"][0]["value"] == 90
    assert key.get("/rules?session=nowhere").status_code == 404


def test_a_backtest_is_asked_for_read_and_cancelled(school: School, key: Caller) -> None:
    asked = key.send("POST", "/backtests", {"values": {"dropped_after_s": 60}})
    assert (asked.status_code, asked.json()["status"]) == (201, "waiting")
    number = asked.json()["id"]
    assert key.get(f"/backtests/{number}").json()["judged"] == 0
    assert key.send("DELETE", f"/backtests/{number}", None).json()["status"] == "cancelled"
    assert key.get("/backtests/999999").status_code == 404
    assert key.send("POST", "/backtests", {"values": {"loss": 9}}).status_code == 422


def test_who_may_only_read_changes_nothing(school: School) -> None:
    reader = key_of(school.organization, "cases.read")
    assert reader.get("/rules").status_code == 200
    assert reader.send("POST", "/rules/versions", {"values": {}}).status_code == 403
    assert reader.send("POST", "/backtests", {"values": {}}).status_code == 403
    with organization_scope(school.organization.pk):
        assert not LivePolicy.objects.exists()
        assert not Backtest.objects.exists()


def test_why_a_case_was_raised_is_told(school: School, key: Caller) -> None:
    told = key.get(f"/cases/{school.case.pk}/why").json()
    assert told["rule"]["kind"] == school.case.kind
    assert told["rule"]["policies"] == []
    assert [step["kind"] for step in told["steps"]] == ["session.planned", "", ""]
    said = [(one["what"], one["kind"]) for step in told["steps"] for one in step["said"]]
    assert said == [("raised", "room_not_ready"), ("raised", "instructor_missing")]
    assert told["inside"] == []
    assert told["pending"][0]["kind"] == "learner_missing"
