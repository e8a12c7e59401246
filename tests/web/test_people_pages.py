"""People as coordinators look after them: found, changed, linked, merged, archived and copied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from callboard.lib.tenancy import organization_scope
from callboard.people import operations, queries
from callboard.people.models import Organization, Person
from callboard.people.operations import copying
from callboard.people.records import PersonCopy
from callboard.workflows import copy_person
from tests.people.cast import login

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora(organization: Organization) -> Client:
    user = login("nora@maple.example")
    with organization_scope(organization.pk):
        operations.add_member(user, "coordinator")
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def joan(organization: Organization) -> Person:
    with organization_scope(organization.pk):
        drafts = [operations.Draft(name=name, level="8") for name in ("Joan Vidal", "Joan Vidal", "Iris Paz")]
        return operations.create_people(drafts)[0]


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_person_is_changed_and_the_change_taken_back(nora: Client, joan: Person) -> None:
    page = f"/people/{joan.pk}/"
    form = nora.get(f"{page}edit/").context["form"]
    said = {
        name: "" if value is None else value for name, value in form.initial.items() if value is not False
    }
    assert nora.post(f"{page}edit/", {**said, "name": "Joan Vidal Roca"}).status_code == 302
    shown = text(nora, page)
    assert "Joan Vidal Roca" in shown
    assert "Changed: name" in shown
    refused = nora.post(f"{page}edit/", {**said, "email": "nobody"})
    assert refused.status_code == 422
    assert "Somebody else has just changed this person" in refused.content.decode()
    change = shown.split("/undo/")[0].rsplit("/", 1)[-1]
    nora.post(f"{page}changes/{change}/undo/")
    assert "Joan Vidal Roca" not in text(nora, page)


def test_a_family_is_found_linked_and_unlinked(
    nora: Client, joan: Person, organization: Organization
) -> None:
    with organization_scope(organization.pk):
        clara = operations.create_person("Clara Roca")
    page = f"/people/{joan.pk}/family/"
    assert "Clara Roca" in text(nora, f"{page}?q=roca")
    nora.post(f"{page}link/", {"other": clara.pk, "as": "guardian", "relation": "mother"})
    assert "mother" in text(nora, f"/people/{joan.pk}/")
    nora.post(f"{page}unlink/", {"other": clara.pk, "as": "guardian"})
    with organization_scope(organization.pk):
        assert queries.guardians(joan.pk) == []


def test_doubles_are_looked_at_and_merged(nora: Client, joan: Person, organization: Organization) -> None:
    with organization_scope(organization.pk):
        other = Person.objects.exclude(pk=joan.pk).get(name="Joan Vidal")
    assert "the same name" in text(nora, "/people/doubles/")
    assert "is kept" in text(nora, f"/people/{joan.pk}/merge/{other.pk}/")
    nora.post(f"/people/{joan.pk}/merge/{other.pk}/", {"merge": "1"})
    assert "Merged with a double" in text(nora, f"/people/{joan.pk}/")
    assert "a part of another one" in text(nora, f"/people/{other.pk}/")
    assert "Nobody seems to be in the books twice" in text(nora, "/people/doubles/")


def test_who_is_archived_is_found_in_the_archive_alone(nora: Client, joan: Person) -> None:
    nora.post(f"/people/{joan.pk}/archive/")
    assert f"/people/{joan.pk}/" not in text(nora, "/people/?q=joan")
    assert f"/people/{joan.pk}/" in text(nora, "/people/?kind=archived")
    assert "In the archive since" in text(nora, f"/people/{joan.pk}/")


def test_a_copy_is_handed_out_to_staff_of_that_organization_alone(
    nora: Client,
    joan: Person,
    organization: Organization,
    other_organization: Organization,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.RECORDINGS = str(tmp_path)
    nora.post(f"/people/{joan.pk}/copies/")
    with organization_scope(organization.pk):
        asked = PersonCopy.objects.get()
    copy_person.make(organization.pk, asked.pk)
    assert "Get the copy" in text(nora, f"/people/{joan.pk}/")
    with organization_scope(organization.pk):
        path = f"/copies/{copying.token_of(PersonCopy.objects.get())}"
    got = nora.get(path)
    assert (got.status_code, got["Content-Type"]) == (200, "application/zip")
    otto = login("otto@birch.example")
    with organization_scope(other_organization.pk):
        operations.add_member(otto, "admin")
    elsewhere = Client()
    elsewhere.force_login(otto)
    assert elsewhere.get(path).status_code == 404
    assert Client().get(path).status_code == 302


def test_a_doubles_page_leads_to_whom_they_became_and_offers_no_change(
    nora: Client, joan: Person, organization: Organization
) -> None:
    with organization_scope(organization.pk):
        again = operations.create_person("Joan")
    nora.post(f"/people/{again.pk}/edit/", {"name": "Joan", "phone": "600 100", "seen": "0"})
    nora.post(f"/people/{joan.pk}/merge/{again.pk}/")
    page = text(nora, f"/people/{again.pk}/")
    assert f'href="/people/{joan.pk}/"' in page
    assert "Changed: phone" in page
    assert "Take back" not in page
    assert f'href="/people/{again.pk}/edit/"' not in page
    assert nora.post(f"/people/{again.pk}/edit/", {"name": "Jo", "seen": ""}).status_code == 422
