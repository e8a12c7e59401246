"""Cases over the API, word for word as the contract has them."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections

from callboard.cases.models import Case, CaseEntry, Queue
from callboard.lib.tenancy import organization_scope
from callboard.people.models import Organization
from tests.api.conftest import Caller, School, is_problem, key_of, login_of

db = pytest.mark.django_db


@db
def test_open_cases_have_the_shape_of_the_contract(school: School, key: Caller) -> None:
    answer = key.get("/cases", status="open")
    assert answer.status_code == 200
    body = answer.json()
    assert body["next"] is None
    (item,) = body["items"]
    assert item["id"] == school.case.pk
    assert {name: item[name] for name in ("kind", "severity", "status", "session", "participant")} == {
        "kind": "instructor_missing",
        "severity": "now",
        "status": "open",
        "session": "s-1",
        "participant": "marta",
    }
    assert item["raised_at"] == "2030-03-04T10:02:00Z"
    assert item["why"] == "marta was due in"
    assert item["evidence"] == ["e-1", "e-2"]
    assert "claim" in item["actions"]


@db
def test_claiming_is_answered_with_the_case_and_again_with_the_same(school: School, key: Caller) -> None:
    path = f"/cases/{school.case.pk}/claim"
    first = key.post(path)
    assert first.status_code == 200
    assert first.json()["status"] == "claimed"
    assert first.json()["owner"]["name"] == "Tests"
    second = key.post(path)
    assert second.status_code == 200
    assert second.json()["version"] == first.json()["version"]
    assert key.get("/cases", status="open").json()["items"] == []


@db
def test_claiming_what_another_holds_says_who(school: School, key: Caller, alice: Caller) -> None:
    alice.post(f"/cases/{school.case.pk}/claim")
    told = is_problem(key.post(f"/cases/{school.case.pk}/claim"), 409, "already_claimed")
    assert told["owner"]["name"] == "Alice"


@pytest.mark.django_db(transaction=True)
def test_of_eight_threads_one_claims(organization: Organization, school: School) -> None:
    callers = [key_of(organization, "cases.read", "cases.act", name=f"Key {n}") for n in range(8)]
    start = threading.Barrier(8)
    answers: list[Any] = []

    def claim(caller: Caller) -> None:
        start.wait()
        try:
            answers.append(caller.post(f"/cases/{school.case.pk}/claim"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=claim, args=[caller]) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    (winner,) = (answer.json()["owner"] for answer in answers if answer.status_code == 200)
    assert all(
        answer.json()["owner"] == winner and answer.json()["code"] == "already_claimed"
        for answer in answers
        if answer.status_code == 409
    )
    with organization_scope(organization.pk):
        assert CaseEntry.objects.filter(kind="claimed").count() == 1


@db
def test_a_case_is_settled_and_taken_back(school: School, alice: Caller) -> None:
    path = f"/cases/{school.case.pk}"
    resolved = alice.post(f"{path}/resolve", {"outcome": "fixed", "text": "Rang her."})
    assert (resolved.json()["status"], resolved.json()["outcome"]) == ("resolved", "fixed")
    assert alice.post(f"{path}/undo").json()["status"] == "open"
    kinds = [entry["kind"] for entry in alice.get(f"{path}/entries").json()["items"]]
    assert kinds == ["raised", "resolved", "undone"]


@db
def test_every_general_action_goes_by_its_name_too(school: School, alice: Caller) -> None:
    path = f"/cases/{school.case.pk}/actions"
    assert alice.post(f"{path}/claim").json()["status"] == "claimed"
    assert alice.post(f"{path}/note", {"text": "Ringing."}).status_code == 200
    assert alice.post(f"{path}/snooze", {"minutes": 10}).json()["status"] == "snoozed"
    is_problem(alice.post(f"{path}/snooze", {"minutes": "soon"}), 422, "invalid")
    assert alice.post(f"{path}/release").json()["status"] == "open"
    me = alice.get("/me").json()["member"]
    assert alice.post(f"{path}/assign", {"member": me}).json()["owner"]["id"] == me
    assert alice.post(f"{path}/resolve", {"outcome": "fixed"}).json()["status"] == "resolved"
    is_problem(alice.post(f"{path}/explode"), 404, "unknown_action")


@db
def test_lists_come_in_pages_that_neither_skip_nor_repeat(school: School, key: Caller) -> None:
    from callboard.cases import operations
    from callboard.cases.operations import Raise

    with organization_scope(school.organization.pk):
        operations.apply(
            [
                Raise(
                    kind="dropped",
                    severity="soon",
                    raised_at=school.case.raised_at,
                    noticed_at=school.case.raised_at,
                    session_key="s-1",
                    participant=f"p{number}",
                )
                for number in range(6)
            ]
        )
    seen: list[int] = []
    cursor = None
    while True:
        query = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = key.get("/cases", **query).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen, reverse=True)
    is_problem(key.get("/cases", cursor="nonsense"), 422, "invalid")


@db
def test_counts_kinds_queues_and_incidents_are_told(school: School, key: Caller) -> None:
    assert key.get("/cases/counts").json() == {
        "open": 1, "claimed": 0, "snoozed": 0, "mine": 0, "now": 1, "overdue": 0, "by_queue": {"live": 1},
    }  # fmt: skip
    assert [queue["slug"] for queue in key.get("/queues").json()["items"]] == ["live", "recordings"]
    assert key.get("/incidents").json() == {"items": [], "next": None}
    assert key.get("/cases/kinds").status_code == 200


@db
def test_cases_of_queues_that_others_work_can_be_left_out(school: School, key: Caller, alice: Caller) -> None:
    me = alice.get("/me").json()["member"]
    body = {"name": "Doors", "kinds": ["stranger"], "members": [me]}
    assert key.send("PUT", "/queues/doors", body).json()["members"] == [me]
    with organization_scope(school.organization.pk):
        Case.objects.update(queue=Queue.objects.get(slug="doors"))
    assert key.get("/cases", worked=True).json()["items"] == []
    assert len(alice.get("/cases", worked=True).json()["items"]) == 1


@db
def test_an_admin_changes_a_queue(school: School, key: Caller, alice: Caller) -> None:
    body = {"name": "Tech", "kinds": ["bad_connection"], "deadlines": {"watch": [1, 2]}}
    is_problem(alice.send("PUT", "/queues/tech", body), 403, "forbidden")
    assert key.send("PUT", "/queues/tech", body).json()["kinds"] == ["bad_connection"]


@db
def test_an_instructor_sees_no_case_terms(school: School) -> None:
    marta = login_of(school.organization, "marta", "instructor", school.marta)
    is_problem(marta.get("/cases"), 403, "forbidden")
    is_problem(marta.post(f"/cases/{school.case.pk}/claim"), 403, "forbidden")


@db
def test_a_key_of_another_organization_finds_nothing(
    school: School, other_organization: Organization
) -> None:
    stranger = key_of(other_organization)
    assert stranger.get("/cases").json()["items"] == []
    is_problem(stranger.post(f"/cases/{school.case.pk}/claim"), 404, "case_not_found")
