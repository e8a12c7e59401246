"""Settings, invitations and the choice between organizations, as pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from callboard.lib.tenancy import organization_scope
from callboard.people import operations
from callboard.people.access import access_of_key, access_of_login
from callboard.people.models import ApiKey, Invitation, Member, Organization, User

pytestmark = pytest.mark.django_db

PASSWORD = "seven quiet harbours"


def login_as(organization: Organization, role: str, email: str, person: Any = None) -> Client:
    user = operations.create_login(email, email.split("@")[0].title(), PASSWORD)
    with organization_scope(organization.pk):
        operations.add_member(user, role, person)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin(organization: Organization) -> Client:
    return login_as(organization, "admin", "aisha@maple.example")


def link_in(page: str) -> str:
    found = re.search(r"/invitation/[0-9a-z]{40}/", page)
    assert found
    return found[0]


def test_an_admin_invites_a_coordinator_who_comes_in_with_a_password_of_their_own(
    admin: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        page = admin.post("/settings/invitations/", {"email": "Nora@maple.example", "role": "coordinator"})
    link = link_in(page.content.decode())
    assert page["Cache-Control"] == "no-store"
    assert link in mail.outbox[0].body
    guest = Client()
    assert "nora@maple.example" in guest.get(link).content.decode()
    answer = guest.post(link, {"name": "Nora Lind", "password": PASSWORD})
    assert answer.status_code == 302
    user = User.objects.get(email="nora@maple.example")
    assert access_of_login(user.pk).role == "coordinator"
    assert guest.get("/settings/").status_code == 200
    assert Client().get(link).status_code == 404


def test_a_weak_password_is_said_beside_its_field(admin: Client) -> None:
    page = admin.post("/settings/invitations/", {"email": "nora@maple.example", "role": "coordinator"})
    answer = Client().post(link_in(page.content.decode()), {"name": "Nora", "password": "short"})
    assert answer.status_code == 422
    assert "id_password_error" in answer.content.decode()


def test_a_coordinator_invites_no_admin_and_sees_no_keys(organization: Organization) -> None:
    client = login_as(organization, "coordinator", "nora@maple.example")
    assert client.post("/settings/invitations/", {"email": "x@y.example", "role": "admin"}).status_code == 422
    assert client.post("/settings/keys/", {"name": "x", "scopes": "cases.read"}).status_code == 403
    assert "Keys for programs" not in client.get("/settings/").content.decode()
    with organization_scope(organization.pk):
        assert not Invitation.objects.exists()
        assert not ApiKey.objects.exists()


def test_a_coordinator_invites_a_guardian_from_their_page(organization: Organization) -> None:
    client = login_as(organization, "coordinator", "nora@maple.example")
    with organization_scope(organization.pk):
        paula = operations.create_person("Paula Puig", email="paula@home.example")
        joan = operations.create_person("Joan Puig")
        operations.add_guardian(paula, joan)
    page = client.post(
        f"/people/{paula.pk}/invite/", {"email": "paula@home.example", "role": "guardian"}
    ).content.decode()
    assert Client().post(link_in(page), {"name": "Paula", "password": PASSWORD}).status_code == 302
    access = access_of_login(User.objects.get(email="paula@home.example").pk)
    assert (access.role, access.person) == ("guardian", paula.pk)


def test_a_key_is_shown_once_and_revoked_at_once(admin: Client, organization: Organization) -> None:
    page = admin.post(
        "/settings/keys/", {"name": "Recorder", "scopes": ["events.write"], "expires": "90"}
    ).content.decode()
    token = re.search(r"cb_[0-9a-z]{40}", page)
    assert token
    assert access_of_key(token[0]).scopes == {"events.write"}
    assert token[0] not in admin.get("/settings/").content.decode()
    with organization_scope(organization.pk):
        key = ApiKey.objects.get()
    admin.post(f"/settings/keys/{key.pk}/revoke/")
    assert "Recorder" not in admin.get("/settings/").content.decode()


def test_someone_let_in_no_more_is_out_at_their_next_page(admin: Client, organization: Organization) -> None:
    client = login_as(organization, "coordinator", "nora@maple.example")
    assert client.get("/settings/").status_code == 200
    with organization_scope(organization.pk):
        member = Member.objects.get(user__email="nora@maple.example")
    admin.post(f"/settings/members/{member.pk}/", {"active": "0"})
    refused = client.get("/settings/")
    assert refused.status_code == 403
    assert "/account/logout/" in refused.content.decode()
    admin.post(f"/settings/members/{member.pk}/", {"active": "1"})
    assert client.get("/settings/").status_code == 200


def test_a_login_of_two_organizations_chooses_and_keeps_its_choice(
    admin: Client, organization: Organization, other_organization: Organization
) -> None:
    user = User.objects.get(email="aisha@maple.example")
    with organization_scope(other_organization.pk):
        operations.add_member(user, "coordinator")
    assert "Maple" in admin.get("/organizations/").content.decode()
    assert "Keys for programs" in admin.get("/settings/").content.decode()
    assert admin.post("/organizations/", {"organization": other_organization.pk}).status_code == 302
    assert "Keys for programs" not in admin.get("/settings/").content.decode()


def test_a_choice_of_someone_elses_organization_is_refused(
    admin: Client, other_organization: Organization
) -> None:
    assert admin.post("/organizations/", {"organization": other_organization.pk}).status_code == 403
    assert admin.post("/organizations/", {"organization": "9" * 40}).status_code == 403


def test_signing_up_without_an_invitation_is_closed() -> None:
    client = Client()
    client.post(
        "/account/signup/", {"email": "me@else.example", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert not User.objects.exists()


def test_nobody_signed_in_is_sent_to_sign_in() -> None:
    answer = Client().get("/settings/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")
