"""What every call goes through: who asks, problems, retries under a key, one transaction."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from callboard.api import idempotency
from callboard.api.models import IdempotentAnswer
from callboard.api.tasks import forget_answers
from callboard.cases import registry
from callboard.cases.models import Case, CaseEntry
from callboard.cases.registry import Action
from callboard.lib import clock
from callboard.lib.errors import Conflict
from callboard.lib.tenancy import organization_scope
from callboard.people.access import Access
from callboard.people.models import Organization, Person
from tests.api.conftest import Caller, School, is_problem, key_of, login_of

db = pytest.mark.django_db


@db
@pytest.mark.parametrize("header", ["", "Bearer cb_wrong", "Basic abc", "Bearer"])
def test_without_a_key_or_login_the_answer_says_how(organization: Organization, header: str) -> None:
    headers = {"Authorization": header} if header else {}
    response = Client().get("/api/v1/cases", headers=headers)
    is_problem(response, 401, "unauthorized")
    assert response["WWW-Authenticate"].startswith("Bearer")


@db
def test_a_cookie_changes_nothing_without_its_csrf_token(school: School) -> None:
    caller = login_of(school.organization, "carol", "coordinator", enforce_csrf_checks=True)
    assert caller.get("/cases").status_code == 200
    is_problem(caller.post(f"/cases/{school.case.pk}/claim"), 403, "csrf")
    token = "a" * 32
    caller.client.cookies["csrftoken"] = token
    assert caller.post(f"/cases/{school.case.pk}/claim", X_CSRFToken=token).status_code == 200


@db
def test_a_key_needs_no_csrf_token(school: School) -> None:
    caller = key_of(school.organization)
    caller.client = Client(enforce_csrf_checks=True)
    assert caller.post(f"/cases/{school.case.pk}/claim").status_code == 200


@db
def test_every_failure_is_a_problem(school: School, key: Caller) -> None:
    is_problem(key.get("/nowhere"), 404, "not_found")
    is_problem(key.get("/cases/0"), 404, "case_not_found")
    refused = key.send("DELETE", "/cases")
    is_problem(refused, 405, "method_not_allowed")
    assert "GET" in refused["Allow"]
    fields = is_problem(key.post("/sessions", {"title": "x"}), 422, "invalid")["fields"]
    assert {"starts_at", "ends_at", "instructor", "learners"} <= set(fields)
    broken = key.client.generic(
        "POST",
        "/api/v1/sessions",
        "{not json",
        content_type="application/json",
        headers={"Authorization": f"Bearer {key.token}"},
    )
    is_problem(broken, 400, "malformed")


@db
def test_a_scope_that_is_missing_is_named(school: School) -> None:
    reader = key_of(school.organization, "cases.read")
    told = is_problem(reader.post(f"/cases/{school.case.pk}/claim"), 403, "forbidden")
    assert told["permission"] == "cases.act"


@db
def test_the_same_key_does_it_once_and_answers_the_same(school: School, key: Caller) -> None:
    body = {"name": "Nil Puig", "student": True}
    first = key.post("/people", body, Idempotency_Key="k-1")
    second = key.post("/people", body, Idempotency_Key="k-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    with organization_scope(school.organization.pk):
        assert Person.objects.filter(name="Nil Puig").count() == 1


@db
def test_the_same_key_for_another_request_is_refused(school: School, key: Caller) -> None:
    key.post("/people", {"name": "Nil Puig"}, Idempotency_Key="k-1")
    again = key.post("/people", {"name": "Pau Riba"}, Idempotency_Key="k-1")
    is_problem(again, 422, "idempotency_mismatch")


@db
def test_what_was_refused_may_be_tried_again_with_the_same_key(school: School, key: Caller) -> None:
    assert key.post("/people", {}, Idempotency_Key="k-1").status_code == 422
    assert key.post("/people", {"name": "Nil Puig"}, Idempotency_Key="k-1").status_code == 201


@db
def test_two_askers_may_use_the_same_key(school: School, key: Caller) -> None:
    other = key_of(school.organization)
    key.post("/people", {"name": "Nil Puig"}, Idempotency_Key="k-1")
    assert other.post("/people", {"name": "Pau Riba"}, Idempotency_Key="k-1").status_code == 201


@db
def test_a_secret_is_not_told_twice(school: School, key: Caller) -> None:
    body = {"name": "Night", "scopes": ["cases.read"]}
    made = key.post("/keys", body, Idempotency_Key="k-1").json()
    is_problem(key.post("/keys", body, Idempotency_Key="k-1"), 409, "already_done")
    with organization_scope(school.organization.pk):
        kept = IdempotentAnswer.objects.get()
        assert kept.body is None
        assert made["key"] not in repr(kept.__dict__)


@db
def test_after_a_day_a_key_is_new(school: School, key: Caller) -> None:
    key.post("/people", {"name": "Nil Puig"}, Idempotency_Key="k-1")
    with organization_scope(school.organization.pk):
        IdempotentAnswer.objects.update(created_at=clock.now() - 2 * idempotency.KEPT_FOR)
        assert idempotency.forget_old() == 1
    assert key.post("/people", {"name": "Pau Riba"}, Idempotency_Key="k-1").status_code == 201


@db
def test_an_hourly_job_forgets_old_answers_of_every_organization(
    school: School, key: Caller, other_organization: Organization
) -> None:
    key.post("/people", {"name": "Nil Puig"}, Idempotency_Key="k-1")
    with organization_scope(school.organization.pk):
        IdempotentAnswer.objects.update(created_at=clock.now() - 2 * idempotency.KEPT_FOR)
    forget_answers(0)
    with organization_scope(school.organization.pk):
        assert not IdempotentAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_do_it_once(organization: Organization) -> None:
    caller = key_of(organization)
    start = threading.Barrier(4)
    answers: list[Any] = []

    def create() -> None:
        start.wait()
        try:
            one = Caller(Client(), caller.token)
            answers.append(one.post("/people", {"name": "Nil Puig"}, Idempotency_Key="k-1"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["id"] for answer in answers}) == 1


@pytest.mark.django_db(transaction=True)
def test_a_failure_leaves_nothing_behind(school: School, key: Caller) -> None:
    def half(_access: Access, _case: Case) -> None:
        Person.objects.create(name="Nobody")
        raise Conflict(code="too_late")

    registry.register_action(Action("half", "Half", "x", (), "cases.act", half))
    try:
        is_problem(key.post(f"/cases/{school.case.pk}/actions/half"), 409, "too_late")
    finally:
        registry._actions.pop("half")
    with organization_scope(school.organization.pk):
        assert not Person.objects.filter(name="Nobody").exists()
        assert Case.objects.get(pk=school.case.pk).status == "open"


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_tried_again_and_nobody_sees_it(school: School, key: Caller) -> None:
    tried: list[int] = []

    def collide(_access: Access, _case: Case) -> None:
        tried.append(1)
        if len(tried) < 3:
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'so' USING ERRCODE = '40P01'; END $$")

    registry.register_action(Action("collide", "Collide", "x", (), "cases.act", collide))
    try:
        answer = key.post(f"/cases/{school.case.pk}/actions/collide")
    finally:
        registry._actions.pop("collide")
    assert answer.status_code == 200
    assert len(tried) == 3
    with organization_scope(school.organization.pk):
        assert CaseEntry.objects.filter(kind="acted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_surprise_is_a_problem_too_and_says_nothing_of_itself(school: School, key: Caller) -> None:
    def burst(_access: Access, _case: Case) -> None:
        raise RuntimeError("secret of the house")

    registry.register_action(Action("burst", "Burst", "x", (), "cases.act", burst))
    try:
        answer = key.post(f"/cases/{school.case.pk}/actions/burst")
    finally:
        registry._actions.pop("burst")
    is_problem(answer, 500, "internal")
    assert b"secret" not in answer.content


def test_the_description_is_open_and_whole() -> None:
    told = Client().get("/api/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    for path in ("/api/v1/cases", "/api/v1/cases/{case_id}/claim", "/api/v1/events", "/api/v1/stream"):
        assert path in told["paths"]
    assert "Problem" in told["components"]["schemas"]
    names = [call["operationId"] for path in told["paths"].values() for call in path.values()]
    assert len(names) == len(set(names))
