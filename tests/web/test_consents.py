"""Consent, as a guardian, a student and an instructor give it."""

from __future__ import annotations

import pytest
from django.test import Client

from callboard.lib.tenancy import organization_scope
from callboard.people import operations, queries
from callboard.people.models import Organization, Person
from tests.people.cast import login

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(organization: Organization) -> dict[str, Person]:
    """Paula answers for Joan; Iris is of age."""
    with organization_scope(organization.pk):
        drafts = [operations.Draft(name=name, level="8") for name in ("Paula", "Joan", "Iris")]
        people = {each.name: each for each in operations.create_people(drafts)}
        operations.add_guardian(people["Paula"], people["Joan"])
    return people


def client_of(organization: Organization, role: str, person: Person) -> Client:
    user = login(f"{person.name.lower()}@home.example")
    with organization_scope(organization.pk):
        operations.add_member(user, role, person)
    client = Client()
    client.force_login(user)
    return client


def agreed(organization: Organization, person: Person) -> list[str]:
    with organization_scope(organization.pk):
        return sorted(queries.consents(person.pk))


def test_a_guardian_agrees_for_their_child_and_withdraws_it(
    organization: Organization, family: dict[str, Person]
) -> None:
    client = client_of(organization, "guardian", family["Paula"])
    assert "Joan" in client.get("/you/consents/").content.decode()
    asked = {"person": family["Joan"].pk, "kind": "recording"}
    assert client.post("/you/consents/", {**asked, "do": "give"}).status_code == 302
    assert agreed(organization, family["Joan"]) == ["recording"]
    with organization_scope(organization.pk):
        assert queries.consents(family["Joan"].pk)["recording"].given_by_id == family["Paula"].pk
    client.post("/you/consents/", {**asked, "do": "withdraw"})
    assert agreed(organization, family["Joan"]) == []


def test_a_child_with_a_guardian_does_not_decide(
    organization: Organization, family: dict[str, Person]
) -> None:
    client = client_of(organization, "student", family["Joan"])
    asked = {"person": family["Joan"].pk, "kind": "recording", "do": "give"}
    assert client.post("/you/consents/", asked).status_code == 403
    assert agreed(organization, family["Joan"]) == []


def test_a_student_of_age_decides_for_themselves_alone(
    organization: Organization, family: dict[str, Person]
) -> None:
    client = client_of(organization, "student", family["Iris"])
    client.post("/you/consents/", {"person": family["Iris"].pk, "kind": "model", "do": "give"})
    assert agreed(organization, family["Iris"]) == ["model"]
    asked = {"person": family["Joan"].pk, "kind": "model", "do": "give"}
    assert client.post("/you/consents/", asked).status_code == 403


def test_an_unknown_kind_is_refused(organization: Organization, family: dict[str, Person]) -> None:
    client = client_of(organization, "student", family["Iris"])
    asked = {"person": family["Iris"].pk, "kind": "everything", "do": "give"}
    assert client.post("/you/consents/", asked).status_code == 422
