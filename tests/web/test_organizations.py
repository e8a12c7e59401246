"""One login in two organizations: where it is can be seen, changed, and lost in one without the other."""

from __future__ import annotations

import pytest
from django.test import Client

from callboard.lib.tenancy import organization_scope
from callboard.people import operations
from callboard.people.access import access_of_login
from callboard.people.models import Organization, Person, User
from tests.people.cast import access, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora(organization: Organization, other_organization: Organization) -> User:
    """She coordinates at Maple, and administers Birch."""
    user = login("nora@maple.example")
    for where, role in ((organization, "coordinator"), (other_organization, "admin")):
        with organization_scope(where.pk):
            operations.add_member(user, role)
    return user


@pytest.fixture
def client(nora: User) -> Client:
    client = Client()
    client.force_login(nora)
    return client


def someone(organization: Organization, name: str) -> Person:
    with organization_scope(organization.pk):
        return operations.create_person(name)


def test_every_page_says_where_one_is_and_offers_to_change(client: Client) -> None:
    page = client.get("/people/").content.decode()
    assert "Maple" in page
    assert 'href="/organizations/"' in page
    assert "to another organization" in page


def test_who_has_one_organization_is_told_which_and_offered_nothing(organization: Organization) -> None:
    access(organization, "coordinator", "otto@maple.example")
    client = Client()
    client.force_login(User.objects.get(email="otto@maple.example"))
    page = client.get("/people/").content.decode()
    assert "Maple" in page
    assert "to another organization" not in page


def test_changing_shows_the_others_people_and_no_longer_these(
    client: Client, organization: Organization, other_organization: Organization
) -> None:
    someone(organization, "Ana Maple"), someone(other_organization, "Bea Birch")
    assert "you are here" in client.get("/organizations/").content.decode()
    changed = client.post("/organizations/", {"organization": other_organization.pk, "next": "/people/"})
    assert changed["Location"] == "/people/"
    page = client.get("/people/").content.decode()
    assert "Bea Birch" in page
    assert "Ana Maple" not in page


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_changing_leads_to_no_other_site(client: Client, other_organization: Organization, evil: str) -> None:
    changed = client.post("/organizations/", {"organization": other_organization.pk, "next": evil})
    assert changed["Location"] == "/"


def test_nobody_changes_to_an_organization_that_is_not_theirs(organization: Organization) -> None:
    access(organization, "coordinator", "otto@maple.example")
    client = Client()
    client.force_login(User.objects.get(email="otto@maple.example"))
    assert client.post("/organizations/", {"organization": organization.pk + 10**6}).status_code == 403


def test_a_link_into_the_other_organization_offers_it_and_tells_nothing_of_what_is_there(
    client: Client, other_organization: Organization
) -> None:
    bea = someone(other_organization, "Bea Birch")
    there, nowhere = client.get(f"/people/{bea.pk}/"), client.get(f"/people/{bea.pk + 1000}/")
    assert there.status_code == nowhere.status_code == 404
    page = there.content.decode()
    assert "Bea" not in page
    assert "You are looking at Maple" in page
    assert "Birch" in page
    opened = client.post(
        "/organizations/", {"organization": other_organization.pk, "next": f"/people/{bea.pk}/"}, follow=True
    )
    assert "Bea Birch" in opened.content.decode()


def test_who_is_let_in_no_more_in_one_goes_on_in_the_other(
    client: Client, nora: User, organization: Organization, other_organization: Organization
) -> None:
    client.post("/organizations/", {"organization": organization.pk})
    assert "Maple" in client.get("/people/").content.decode()
    aisha = access(organization, "admin", "aisha@maple.example")
    with organization_scope(organization.pk):
        member = access_of_login(nora.pk, organization.pk).member
        operations.deactivate_member(aisha, member or 0)
    page = client.get("/people/").content.decode()
    assert "Birch" in page
    assert "Maple" not in page
    assert access_of_login(nora.pk).several is False


def test_an_invitation_to_a_second_organization_keeps_the_login_and_its_first(
    organization: Organization, other_organization: Organization
) -> None:
    otto = login("otto@maple.example")
    with organization_scope(organization.pk):
        operations.add_member(otto, "coordinator")
    with organization_scope(other_organization.pk):
        _invitation, token = operations.invite("otto@maple.example", "coordinator")
    operations.accept_invitation(token, user=otto)
    assert access_of_login(otto.pk, organization.pk).role == "coordinator"
    assert access_of_login(otto.pk, other_organization.pk).several
    assert User.objects.filter(email="otto@maple.example").count() == 1
