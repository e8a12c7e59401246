"""People's consents and records over the API: what the pages can do, a program can."""

from __future__ import annotations

import base64
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from callboard.lib.processes.ready import wait_until
from callboard.lib.tenancy import organization_scope
from callboard.people.models import Person
from callboard.people.records import PersonCopy
from callboard.workflows import copy_person
from tests.api.conftest import Caller, School, is_problem, key_of

pytestmark = pytest.mark.django_db

SIGNED = "2026-03-02T00:00:00Z"


def test_a_form_on_paper_is_entered_with_its_file_and_read_again(
    school: School, key: Caller, settings: Any, tmp_path: Path
) -> None:
    settings.RECORDINGS = str(tmp_path)
    form = {"kinds": ["recording"], "agreed": True, "said_by": "joan", "said_at": SIGNED}
    is_problem(key.post("/people/joan/consents/paper", form), 422, "invalid")
    file = base64.b64encode(b"%PDF-1.7 signed").decode()
    told = key.post("/people/joan/consents/paper", {**form, "file": file}).json()
    assert told["in_force"] == ["recording"]
    [word] = told["items"]
    assert (word["said"], word["said_by"], word["way"], word["proof"]) == ("given", "joan", "paper", True)
    assert key.get("/people/joan/consents").json() == told
    proof = key.get(f"/people/joan/consents/{word['id']}/proof")
    assert (proof.content, proof["Content-Type"]) == (b"%PDF-1.7 signed", "application/pdf")


def test_nobody_to_write_to_is_said(school: School, key: Caller) -> None:
    is_problem(key.post("/people/joan/consents/ask"), 409, "no_address")


def test_a_person_is_changed_in_part_and_the_change_taken_back(school: School, key: Caller) -> None:
    changed = key.send("PATCH", "/people/joan", {"phone": "600 100", "of_age_on": "2030-01-01"}).json()
    assert (changed["name"], changed["phone"], changed["of_age_on"]) == (
        "Joan Serra",
        "600 100",
        "2030-01-01",
    )
    [change] = key.get("/people/joan/changes").json()["items"]
    again = key.send("PATCH", "/people/joan", {"phone": "1", "seen": 0})
    is_problem(again, 409, "changed_since")
    assert key.post(f"/people/joan/changes/{change['id']}/undo").json()["undone_at"]
    assert key.get("/people/joan").json()["phone"] is None


@pytest.mark.django_db(transaction=True)
def test_what_a_change_leaves_out_stays_as_somebody_else_has_just_made_it(
    school: School, key: Caller, admin_connection: Any
) -> None:
    answers: list[int] = []

    def change() -> None:
        try:
            answers.append(key.send("PATCH", "/people/joan", {"phone": "600 100"}).status_code)
        finally:
            connections.close_all()

    def waits() -> bool:
        row = admin_connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'",
            [connection.settings_dict["NAME"]],
        ).fetchone()
        return bool(row[0])

    thread = threading.Thread(target=change)
    with organization_scope(school.organization.pk):
        person = Person.objects.select_for_update().get(key="joan")
        thread.start()
        assert wait_until(waits, 20)
        person.name = "Joana Serra"
        person.save(update_fields=["name"])
    thread.join()
    told = key.get("/people/joan").json()
    assert (answers, told["name"], told["phone"]) == ([200], "Joana Serra", "600 100")


def test_doubles_are_suggested_previewed_and_merged(school: School, key: Caller) -> None:
    key.post("/people", {"name": "Joan Serra", "key": "joan-2", "student": True, "email": "j@home.example"})
    [pair] = key.get("/people/doubles").json()["items"]
    assert (pair["first"], pair["second"], pair["why"]) == ("joan", "joan-2", ["name"])
    seen = key.post("/people/joan/merge", {"other": "joan-2", "preview": True}).json()
    assert (seen["change"], seen["filled"], seen["refusal"]) == (None, ["email"], "")
    done = key.post("/people/joan/merge", {"other": "joan-2"}).json()
    assert key.get("/people/joan").json()["email"] == "j@home.example"
    assert key.get("/people", search="Joan").json()["total"] == 1
    key.post(f"/people/joan/changes/{done['change']}/undo")
    assert key.get("/people", search="Joan").json()["total"] == 2


def test_who_has_sessions_to_come_is_not_archived(school: School, key: Caller) -> None:
    is_problem(key.post("/people/joan/archive"), 409, "has_sessions")
    assert key.post("/people/iris/archive").json()["kind"] == "archived"
    assert key.get("/people", search="Iris").json()["total"] == 0
    assert key.post("/people/iris/restore").json()["kind"] == "restored"


def test_a_copy_is_asked_for_and_fetched(school: School, key: Caller, settings: Any, tmp_path: Path) -> None:
    settings.RECORDINGS = str(tmp_path)
    asked = key.post("/people/joan/copies").json()
    is_problem(key.get(f"/people/joan/copies/{asked['id']}/file"), 409, "no_file")
    copy_person.make(school.organization.pk, asked["id"])
    [copy] = key.get("/people/joan/copies").json()["items"]
    assert copy["status"] == "ready"
    assert key.get(f"/people/joan/copies/{asked['id']}/file").content.startswith(b"PK")
    is_problem(key.get(f"/people/iris/copies/{asked['id']}/file"), 404, "copy_not_found")


def test_reading_people_is_not_enough(school: School, settings: Any) -> None:
    reader = key_of(school.organization, "people.read")
    calls = [
        ("PATCH", "/people/joan", {"phone": "1"}), ("POST", "/people/joan/archive", None),
        ("POST", "/people/joan/merge", {"other": "iris", "preview": True}), ("GET", "/people/doubles", None),
        ("POST", "/people/joan/copies", None), ("GET", "/people/joan/changes", None),
        ("POST", "/people/joan/consents/ask", None),
    ]  # fmt: skip
    for method, path, body in calls:
        is_problem(reader.send(method, path, body), 403, "forbidden")
    with organization_scope(school.organization.pk):
        assert not PersonCopy.objects.exists()
        assert Person.objects.get(key="joan").phone == ""
