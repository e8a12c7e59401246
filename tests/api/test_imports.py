"""Files brought in over the API."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.lib.tenancy import organization_scope
from callboard.people.models import Person
from callboard.people.operations import imports
from tests.api.conftest import ROOT, Caller, School, key_of

pytestmark = pytest.mark.django_db

ROSTER = b"id,name,email\ns-1,Omar Haddad,omar@h.example\n"


def put_in(key: Caller, content: bytes = ROSTER, kind: str = "people", **headers: str) -> Any:
    return key.client.generic(
        "POST",
        f"{ROOT}/imports?kind={kind}&file_name=roster.csv",
        content,
        content_type="text/csv",
        headers={"Authorization": f"Bearer {key.token}", **headers},
    )


def test_a_roster_is_put_in_checked_and_written(school: School, key: Caller) -> None:
    made = put_in(key)
    assert made.status_code == 201
    pk = made.json()["id"]
    assert made.json()["choices"]["columns"] == ["id", "name", "email"]
    assert key.post(f"/imports/{pk}/check", {}).json()["status"] == "checking"
    imports.run(school.organization.pk, pk)
    assert key.get(f"/imports/{pk}").json()["counts"]["added"] == 1
    assert key.post(f"/imports/{pk}/write", {}).status_code == 202
    imports.run(school.organization.pk, pk)
    assert key.get(f"/imports/{pk}").json()["status"] == "done"
    with organization_scope(school.organization.pk):
        assert Person.objects.filter(external_id="s-1").exists()


def test_the_same_upload_again_is_one(school: School, key: Caller) -> None:
    again: dict[str, Any] = {"Idempotency-Key": "roster-1"}
    assert put_in(key, **again).json()["id"] == put_in(key, **again).json()["id"]


def test_a_large_upload_is_taken_and_one_too_large_is_refused(
    school: School, key: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = ROSTER + b"s-2,Iris,iris@x.example\n" * 150_000
    assert len(large) > 2_600_000
    assert put_in(key, large, **{"Idempotency-Key": "large"}).status_code == 201
    monkeypatch.setattr("callboard.api.uploads.MOST_BYTES", 1000)
    assert put_in(key, large).status_code == 413


def test_a_file_that_cannot_be_read_is_answered_with_its_line(school: School, key: Caller) -> None:
    answer = put_in(key, b"name\nJo\x00an\n")
    assert (answer.status_code, answer.json()["code"], answer.json()["line"]) == (422, "bad_file", 2)
    assert put_in(key, kind="sheep").status_code == 422


def test_what_is_wrong_is_not_written_unless_it_is_left_out(school: School, key: Caller) -> None:
    pk = put_in(key, ROSTER + b"s-2,Iris,nowhere\n").json()["id"]
    key.post(f"/imports/{pk}/check", {"choices": {"role": "instructor"}})
    imports.run(school.organization.pk, pk)
    told = key.get(f"/imports/{pk}").json()
    assert [(each["line"], each["column"]) for each in told["faults"]] == [(3, "email")]
    assert key.post(f"/imports/{pk}/write", {}).json()["code"] == "has_faults"
    assert key.post(f"/imports/{pk}/write", {"skip": True}).status_code == 202


def test_a_key_that_may_not_manage_people_sees_no_import(school: School, key: Caller) -> None:
    reader = key_of(school.organization, "cases.read")
    pk = put_in(key).json()["id"]
    assert put_in(reader).status_code == 403
    assert reader.get(f"/imports/{pk}").status_code == 404
    assert reader.get("/imports").json()["items"] == []
