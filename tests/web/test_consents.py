"""Consent, as a guardian, a student and an instructor give it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from callboard.lib import clock, days
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


# -- by a link


def link_of(organization: Organization, person: Person, email: str = "paula@home.example") -> str:
    with organization_scope(organization.pk):
        Person.objects.filter(pk=person.pk).update(email=email)
        return operations.consent_path(person)


def confirmed(client: Client, path: str) -> None:
    """Confirms the browser by the code that is mailed."""
    assert client.post(f"{path}/code").status_code == 302
    code = mail.outbox[-1].body.split()[0]
    assert client.post(f"{path}/confirm", {"code": code}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_guardian_says_yes_and_no_by_their_link_on_a_confirmed_device(
    organization: Organization, family: dict[str, Person]
) -> None:
    path, client = link_of(organization, family["Paula"]), Client()
    confirmed(client, path)
    page = client.get(path).content.decode()
    assert "Joan" in page
    assert "May sessions be recorded?" in page
    assert "Not answered yet" in page
    asked = {"person": family["Joan"].pk, "kind": "recording"}
    client.post(path, {**asked, "do": "give"})
    assert agreed(organization, family["Joan"]) == ["recording"]
    page = client.get(path).content.decode()
    assert "You agreed" in page
    assert "everyone in a session has said yes" in page
    client.post(path, {**asked, "do": "withdraw"})
    assert agreed(organization, family["Joan"]) == []
    with organization_scope(organization.pk):
        words = queries.consent_words(family["Joan"].pk)
        assert [(word.said, word.way, word.said_by_id) for word in words] == [
            ("withdrawn", "link", family["Paula"].pk),
            ("given", "link", family["Paula"].pk),
        ]


def test_a_forwarded_link_shows_no_name_and_says_nothing(
    organization: Organization, family: dict[str, Person]
) -> None:
    path, client = link_of(organization, family["Paula"]), Client()
    page = client.get(path)
    assert page.status_code == 200
    assert "Joan" not in page.content.decode()
    asked = {"person": family["Joan"].pk, "kind": "recording", "do": "give"}
    assert client.post(path, asked).status_code == 403
    assert agreed(organization, family["Joan"]) == []
    assert page["Cache-Control"] == "no-store"


def test_a_link_speaks_for_its_own_alone(organization: Organization, family: dict[str, Person]) -> None:
    client = client_of(organization, "guardian", family["Paula"])
    path = link_of(organization, family["Paula"])
    assert client.get(path).status_code == 200
    asked = {"person": family["Iris"].pk, "kind": "recording", "do": "give"}
    assert client.post(path, asked).status_code == 403
    theirs = link_of(organization, family["Iris"], "iris@home.example")
    assert "Is it you" in client.get(theirs).content.decode()


def test_links_that_were_replaced_or_made_up_lead_nowhere(
    organization: Organization, family: dict[str, Person]
) -> None:
    former = link_of(organization, family["Paula"])
    with organization_scope(organization.pk):
        operations.replace_consent_link(family["Paula"])
    for path in (former, "/c/1.2.3.nonsense", f"{former}x"):
        assert Client().get(path).status_code == 404, path


# -- as coordinators see it


@pytest.fixture
def nora(organization: Organization) -> Client:
    user = login("nora@maple.example")
    with organization_scope(organization.pk):
        operations.add_member(user, "coordinator")
    client = Client()
    client.force_login(user)
    return client


def test_a_form_on_paper_is_entered_with_its_file_and_can_be_looked_at(
    organization: Organization, family: dict[str, Person], nora: Client, settings: Any, tmp_path: Path
) -> None:
    settings.RECORDINGS = str(tmp_path)
    joan, paula = family["Joan"], family["Paula"]
    said = {"kinds": ["recording"], "answer": "yes", "said_by": paula.pk, "said_on": "2026-03-02"}
    page = f"/people/{joan.pk}/consents/"
    refused = nora.post(f"{page}paper/", {**said, "reference": ""})
    assert refused.status_code == 422
    assert "Say where the form lies" in refused.content.decode()
    evil = SimpleUploadedFile("form.pdf", b"<script>", "application/pdf")
    assert nora.post(f"{page}paper/", {**said, "file": evil}).status_code == 422
    assert agreed(organization, joan) == []
    form = SimpleUploadedFile("form.html", b"%PDF-1.7 signed", "text/html")
    assert nora.post(f"{page}paper/", {**said, "file": form}).status_code == 302
    assert agreed(organization, joan) == ["recording"]
    shown = nora.get(page).content.decode()
    assert "Paula" in shown
    assert "on paper" in shown
    with organization_scope(organization.pk):
        word = queries.consent_words(joan.pk)[0]
    proof = nora.get(f"{page}{word.pk}/proof/")
    assert proof.content == b"%PDF-1.7 signed"
    assert proof["Content-Type"] == "application/pdf"
    assert proof["Content-Disposition"].startswith("attachment")
    assert client_of(organization, "guardian", paula).get(f"{page}{word.pk}/proof/").status_code == 403


def test_a_no_on_paper_that_was_signed_today_ends_the_yes_of_today(
    organization: Organization, family: dict[str, Person], nora: Client
) -> None:
    joan, paula = family["Joan"], family["Paula"]
    with organization_scope(organization.pk):
        operations.answer_consent(joan, "recording", yes=True, by=paula, way="link")
        today = days.today(clock.now(), ZoneInfo(queries.organization().zone))
    form = {
        "kinds": ["recording"],
        "answer": "no",
        "said_by": paula.pk,
        "said_on": today,
        "reference": "Binder 3",
    }
    assert nora.post(f"/people/{joan.pk}/consents/paper/", form).status_code == 302
    assert agreed(organization, joan) == []
