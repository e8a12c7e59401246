"""Erasing a person from their page: what it says, whom it lets, and what is seen afterwards."""

from __future__ import annotations

import pytest
from django.test import Client

from callboard.lib.tenancy import organization_scope
from callboard.people import operations
from callboard.people.models import Organization, Person
from tests.people.cast import login

pytestmark = pytest.mark.django_db


def signed_in(organization: Organization, role: str) -> Client:
    user = login(f"{role}@maple.example", "Nora Paz")
    with organization_scope(organization.pk):
        operations.add_member(user, role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def nora(organization: Organization) -> Client:
    return signed_in(organization, "admin")


@pytest.fixture
def joan(organization: Organization) -> Person:
    with organization_scope(organization.pk):
        joan, paula = operations.create_people(
            [operations.Draft(name="Joan Vidal", email="joan@maple.example", level="8"),
             operations.Draft(name="Paula Vidal")]
        )  # fmt: skip
        operations.add_guardian(paula, joan, "mother")
    return joan


def test_an_admin_reads_what_goes_and_stays_types_the_name_and_sees_how_far_it_is(
    nora: Client, joan: Person
) -> None:
    page = f"/people/{joan.pk}/"
    assert f"{page}erase/" in nora.get(page).content.decode()
    shown = nora.get(f"{page}erase/").content.decode()
    for words in (
        "What goes",
        "What stays, and why",
        "Paula Vidal",
        "This cannot be taken back",
        "Their name",
    ):
        assert words in shown
    refused = nora.post(f"{page}erase/", {"typed": "Joan", "kept_recordings": "none"})
    assert refused.status_code == 422
    assert "This is not their name" in refused.content.decode()
    done = nora.post(f"{page}erase/", {"typed": "joan vidal", "kept_recordings": "none"}, follow=True)
    assert done.redirect_chain[-1][0] == "/settings/data/"
    assert "Being erased: step 1 of 13" in done.content.decode()
    gone = nora.get(page).content.decode()
    assert "Being erased: step 1 of 13" in gone
    assert "Vidal" not in gone.replace("Paula Vidal", "")
    assert nora.get(f"{page}erase/").status_code == 404


def test_a_coordinator_neither_sees_nor_opens_it(organization: Organization, joan: Person) -> None:
    ivo = signed_in(organization, "coordinator")
    assert "/erase/" not in ivo.get(f"/people/{joan.pk}/").content.decode()
    assert ivo.get(f"/people/{joan.pk}/erase/").status_code == 403
    assert ivo.get("/settings/data/").status_code == 403


def test_nobody_erased_is_said(nora: Client) -> None:
    assert "Nobody. An admin erases someone" in nora.get("/settings/data/").content.decode()
