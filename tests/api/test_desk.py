"""The desk over the API: incidents as one, many cases at once, filters, mentions, the audit, touches."""

from __future__ import annotations

import pytest

from callboard.cases import operations
from callboard.cases.operations import Raise
from callboard.lib.tenancy import organization_scope
from tests.api.conftest import Caller, School, login_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident(school: School) -> int:
    with organization_scope(school.organization.pk):
        first = school.case
        operations.raise_case(
            Raise(
                kind=first.kind,
                severity="soon",
                raised_at=first.raised_at,
                noticed_at=first.noticed_at,
                session_key="s-1",
                participant="other",
            )
        )
        return operations.raise_incident("node:eu-2", first.kind, ["s-1"], first.raised_at).pk


def test_an_incident_is_taken_acted_on_and_told_as_one(key: Caller, incident: int) -> None:
    item = key.get(f"/incidents/{incident}").json()
    assert (item["standing"], item["severity"], item["owner"]) == (2, "now", None)
    assert key.post(f"/incidents/{incident}/claim").json()["done"] == 2
    many = key.post(f"/incidents/{incident}/actions/resolve", {"outcome": "fixed"}).json()
    assert [outcome["done"] for outcome in many["outcomes"]] == [True, True]
    assert key.post(f"/incidents/{incident}/actions/resolve", {"outcome": "fixed"}).status_code == 409
    assert key.post("/cases/undo", {"batch": many["batch"]}).json()["done"] == 2
    assert key.post(f"/incidents/{incident}/release").json()["done"] == 2
    assert key.get("/incidents?open=true").json()["items"][0]["id"] == incident
    assert key.get("/incidents/999").status_code == 404


def test_many_cases_at_once_each_with_its_outcome(key: Caller, school: School) -> None:
    many = key.post(
        "/cases/actions/snooze", {"cases": [school.case.pk, 999], "params": {"minutes": 5}}
    ).json()
    assert (many["done"], many["failed"], many["undoable"]) == (1, 1, True)
    assert many["outcomes"][1] == {
        "case": 999, "done": False, "code": "case_not_found", "message": "There is no such case.",
    }  # fmt: skip


def test_cases_are_found_by_a_few_letters(key: Caller, school: School) -> None:
    assert [item["id"] for item in key.get("/cases", q="vidal").json()["items"]] == [school.case.pk]
    assert key.get("/cases", q="nobody").json()["items"] == []
    assert len(key.get("/cases", owner="nobody", status="standing").json()["items"]) == 1


def test_only_who_works_a_queue_claims_unless_they_mean_it(key: Caller, school: School) -> None:
    nora = login_of(school.organization, "nora", "coordinator")
    made = key.send("PUT", "/queues/night", {"name": "Night", "escalate_to": "live"}).json()
    assert made["escalate_to"] == "live"
    assert key.post(f"/cases/{school.case.pk}/move", {"queue": "night"}).json()["queue"] == "night"
    other = login_of(school.organization, "olga", "coordinator")
    me = other.get("/me").json()
    assert key.send("PUT", "/queues/night", {"name": "Night", "members": [me["member"]]}).status_code == 200
    refused = nora.post(f"/cases/{school.case.pk}/claim")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_in_queue")
    assert nora.post(f"/cases/{school.case.pk}/claim", {"override": True}).status_code == 200


def test_routes_are_kept_in_their_order_and_queues_go(key: Caller, school: School) -> None:
    key.send("PUT", "/queues/night", {"name": "Night"})
    rule = {"queue": "night", "kinds": ["stranger"], "subjects": [], "severities": ["now"],
            "regions": [], "providers": ["livekit"]}  # fmt: skip
    assert key.send("PUT", "/queues/routes", {"items": [rule]}).json() == {"items": [rule]}
    assert key.get("/queues/routes").json() == {"items": [rule]}
    assert key.send("PUT", "/queues/routes", {"items": [{"queue": "night"}]}).status_code == 422
    asked = "/queues/routes/where?kind=stranger&severity=now"
    assert key.get(f"{asked}&provider=livekit").json()["by"] == "route"
    assert key.get(asked).json()["queue"] == "live"
    assert key.send("DELETE", "/queues/night?to=live").json()["slug"] == "live"


def test_a_shift_is_handed_over_and_the_mention_found(key: Caller, school: School) -> None:
    nora = login_of(school.organization, "nora", "coordinator")
    olga = login_of(school.organization, "olga", "coordinator")
    nora.post(f"/cases/{school.case.pk}/claim")
    taker = olga.get("/me").json()["member"]
    handed = nora.post("/desk/hand-overs", {"taker": taker, "text": "Marta rang."}).json()
    assert handed["hand_over"]["cases"] == [school.case.pk]
    assert olga.get("/desk/mentions").json()["items"][0]["reason"] == "handed"
    olga.post("/desk/mentions/read")
    assert olga.get("/desk/mentions").json()["items"][0]["read_at"] is not None
    assert key.get("/desk/hand-overs").json()["items"][0]["text"] == "Marta rang."


def test_filters_audit_and_touches_are_told(key: Caller, school: School) -> None:
    kept = key.post("/desk/filters", {"name": "Mine", "query": {"severity": "now"}, "shared": True}).json()
    assert key.get("/desk/filters").json()["items"] == [kept]
    assert key.send("DELETE", f"/desk/filters/{kept['id']}").status_code == 204
    key.get(f"/cases/{school.case.pk}")
    key.post(f"/cases/{school.case.pk}/claim")
    lines = key.get("/desk/audit", limit=1).json()
    assert [line["kind"] for line in lines["items"]] == ["claimed"]
    more = key.get("/desk/audit", before=lines["next"]).json()
    assert [line["kind"] for line in more["items"]] == ["read"]
    weeks = key.get("/desk/touches", weeks=2).json()["items"]
    assert [week["touches"] for week in weeks] == [0, 0]  # programs do not touch
