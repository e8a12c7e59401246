"""Logins and memberships."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from callboard.lib.errors import Conflict, Forbidden, Invalid, NotFound
from callboard.lib.tenancy import organization_scope
from callboard.people import operations
from callboard.people.models import Member, Organization, User
from tests.people.cast import access, login

pytestmark = pytest.mark.django_db


def test_a_login_is_made_once_whatever_the_case_of_its_address() -> None:
    first = login("Nora@Maple.example")
    assert login(" nora@maple.EXAMPLE ").pk == first.pk
    assert first.email == "nora@maple.example"


def test_an_address_or_a_password_that_cannot_be_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        operations.create_login("nora")
    assert set(refusal.value.fields) == {"email"}
    with pytest.raises(Invalid) as refusal:
        operations.create_login("nora@maple.example", password="password")
    assert set(refusal.value.fields) == {"password"}
    assert not User.objects.exists()


def test_someone_is_a_member_once(organization: Organization) -> None:
    user = login("nora@maple.example")
    with organization_scope(organization.pk):
        operations.add_member(user, "coordinator")
        with pytest.raises(Conflict) as refusal:
            operations.add_member(user, "admin")
        assert refusal.value.code == "already_member"
        assert Member.objects.get().role == "coordinator"


@pytest.mark.parametrize("role", ["instructor", "guardian", "student"])
def test_a_role_that_sees_its_own_must_be_somebody(organization: Organization, role: str) -> None:
    user = login("paula@home.example")
    with organization_scope(organization.pk), pytest.raises(Invalid) as refusal:
        operations.add_member(user, role)
    assert set(refusal.value.fields) == {"person"}


def test_a_coordinator_changes_no_admin(organization: Organization) -> None:
    aisha = access(organization, "admin", "aisha@maple.example")
    nora = access(organization, "coordinator", "nora@maple.example")
    assert aisha.member is not None
    assert nora.member is not None
    with organization_scope(organization.pk):
        with pytest.raises(Forbidden):
            operations.deactivate_member(nora, aisha.member)
        with pytest.raises(Forbidden):
            operations.change_role(nora, nora.member, "admin")


def test_a_member_of_another_organization_is_not_there(
    organization: Organization, other_organization: Organization
) -> None:
    aisha = access(organization, "admin", "aisha@maple.example")
    theirs = access(other_organization, "coordinator", "bo@birch.example")
    assert theirs.member is not None
    with organization_scope(organization.pk), pytest.raises(NotFound):
        operations.deactivate_member(aisha, theirs.member)


def test_an_organization_keeps_an_admin(organization: Organization) -> None:
    aisha = access(organization, "admin", "aisha@maple.example")
    omar = access(organization, "admin", "omar@maple.example")
    assert aisha.member is not None
    assert omar.member is not None
    with organization_scope(organization.pk):
        operations.change_role(omar, aisha.member, "coordinator")
        with pytest.raises(Conflict) as refusal:
            operations.change_role(omar, omar.member, "coordinator")
        assert refusal.value.code == "last_admin"
        with pytest.raises(Conflict) as refusal:
            operations.deactivate_member(omar, omar.member)
        assert refusal.value.code == "oneself"


def test_someone_let_in_again_is_the_same_member(organization: Organization) -> None:
    aisha = access(organization, "admin", "aisha@maple.example")
    nora = access(organization, "coordinator", "nora@maple.example")
    assert nora.member is not None
    with organization_scope(organization.pk):
        operations.deactivate_member(aisha, nora.member)
        again = operations.add_member(User.objects.get(pk=nora.user or 0), "admin")
    assert (again.pk, again.role, again.deactivated_at) == (nora.member, "admin", None)


def test_what_one_says_of_oneself_is_kept_and_checked() -> None:
    user = login("nora@maple.example")
    operations.change_own(user, name=" Nora Lind ", zone="Asia/Tokyo", locale="", shortcuts=False)
    user.refresh_from_db()
    assert (user.name, user.zone, user.shortcuts) == ("Nora Lind", "Asia/Tokyo", False)
    with pytest.raises(Invalid):
        operations.change_own(user, name="", zone="Mars/Base", locale="", shortcuts=True)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_a_login_at_once_one_does_and_the_other_is_told() -> None:
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def make(number: int) -> None:
        start.wait()
        try:
            outcomes.append(str(operations.create_login("nora@maple.example", f"Nora {number}").pk))
        except Conflict as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=make, args=[number]) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    made = User.objects.get()
    assert set(outcomes) <= {str(made.pk), "login_taken"}
    assert str(made.pk) in outcomes
