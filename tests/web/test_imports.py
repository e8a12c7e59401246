"""Bringing a file in by hand: looked at, its columns chosen, checked, written."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from callboard.lib.tenancy import organization_scope
from callboard.people.models import Organization, Person, Student
from callboard.people.operations import imports
from tests.web.test_settings import login_as

pytestmark = pytest.mark.django_db

ROSTER = "Pupil;Mail;Year;Guardian Name;Guardian Email\nJoan;joan@x.example;8;Paula;paula@x.example\n"


@pytest.fixture
def coordinator(organization: Organization) -> Client:
    return login_as(organization, "coordinator", "nora@maple.example")


def put_in(client: Client, text: str = ROSTER, kind: str = "people") -> str:
    file = SimpleUploadedFile("roster.csv", text.encode())
    answer = client.post("/imports/", {"kind": kind, "file": file})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def run(organization: Organization, place: str) -> None:
    imports.run(organization.pk, int(place.strip("/").split("/")[-1]))


def test_a_roster_is_looked_at_checked_and_brought_in(
    organization: Organization, coordinator: Client
) -> None:
    place = put_in(coordinator)
    page = coordinator.get(place).content.decode()
    assert re.search(r'<option value="email" selected>', page)
    assert "parted by semicolons" in page
    columns = {"column-0": "name", "column-1": "email", "column-2": "", "column-3": "guardian1.name"}
    coordinator.post(f"{place}check/", {**columns, "column-4": "guardian1.email", "role": "student"})
    assert "Waiting for a worker" in coordinator.get(place).content.decode()
    run(organization, place)
    assert "2 would be added, 0 changed" in coordinator.get(place).content.decode()
    with organization_scope(organization.pk):
        assert Person.objects.count() == 0
    coordinator.post(f"{place}write/")
    run(organization, place)
    assert "2 added, 0 changed, 0 as they were." in coordinator.get(place).content.decode()
    with organization_scope(organization.pk):
        assert (Student.objects.get().level, Student.objects.get().person.name) == ("", "Joan")


def test_a_page_that_waited_for_the_check_shows_all_that_it_found(
    organization: Organization, coordinator: Client
) -> None:
    place = put_in(coordinator)
    coordinator.post(f"{place}check/")
    waiting = coordinator.get(place).content.decode()
    run(organization, place)
    checked = coordinator.get(place).content.decode()
    live = re.findall(r'<(?:div|section)[^>]*id="(\w+)"[^>]* data-live', waiting)
    assert "import" in live, "what is merged into the waiting page"
    merged = checked[checked.index('id="import"') :]
    assert merged.index("Would be added") < merged.index("What each column is")
    assert re.search(r'<section[^>]*id="reading" data-keep', merged), "choices made meanwhile stay"


def test_what_is_wrong_stands_on_the_page_and_in_a_csv_that_runs_nothing(
    organization: Organization, coordinator: Client
) -> None:
    place = put_in(coordinator, ROSTER + "Iris;=cmd|calc;6;;\n")
    coordinator.post(f"{place}check/")
    run(organization, place)
    page = coordinator.get(place).content.decode()
    assert "This is not an email address." in page
    assert "Leave out the 1 row that is wrong" in page
    assert coordinator.post(f"{place}write/").status_code == 422
    file = coordinator.get(f"{place}mistakes.csv").content.decode("utf-8-sig")
    assert "roster.csv,3,Mail,'=cmd|calc,This is not an email address." in file


def test_two_columns_cannot_be_the_same(coordinator: Client) -> None:
    place = put_in(coordinator)
    answer = coordinator.post(f"{place}check/", {f"column-{n}": "name" for n in range(5)})
    assert answer.status_code == 422
    assert "Two columns cannot be the same." in answer.content.decode()


def test_a_workbook_is_refused_beside_its_field(coordinator: Client) -> None:
    answer = coordinator.post(
        "/imports/", {"kind": "people", "file": SimpleUploadedFile("r.xlsx", b"PK\x03\x04")}
    )
    assert answer.status_code == 422
    assert "Save the sheet as CSV" in answer.content.decode()


def test_a_file_is_discarded_and_listed_as_such(coordinator: Client) -> None:
    place = put_in(coordinator)
    coordinator.post(f"{place}discard/")
    assert "Discarded" in coordinator.get("/imports/").content.decode()


@pytest.mark.parametrize("url", ["https://[nonsense", "https://x.example:port/", "nonsense"])
def test_what_is_no_address_is_refused_beside_its_field(coordinator: Client, url: str) -> None:
    answer = coordinator.post("/imports/", {"kind": "people", "url": url})
    assert answer.status_code == 422
    assert "This is no web address" in answer.content.decode()


def test_a_file_can_be_let_go_of_while_it_is_checked_and_not_while_it_is_written(
    coordinator: Client, organization: Organization
) -> None:
    place = put_in(coordinator)
    coordinator.post(f"{place}check/")
    assert "Discard the file" in coordinator.get(place).content.decode()
    coordinator.post(f"{place}discard/")
    run(organization, place)
    assert "Nothing was brought in." in coordinator.get(place).content.decode()
    other = put_in(coordinator)
    coordinator.post(f"{other}check/")
    run(organization, other)
    coordinator.post(f"{other}write/")
    assert "Discard the file" not in coordinator.get(other).content.decode()
    assert coordinator.post(f"{other}discard/").status_code == 409


def test_an_instructor_brings_nothing_in(organization: Organization) -> None:
    with organization_scope(organization.pk):
        marta = Person.objects.create(name="Marta")
    client = login_as(organization, "instructor", "marta@maple.example", marta)
    assert client.get("/imports/").status_code == 403
