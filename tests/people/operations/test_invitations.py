"""Invitations open once, end, and let nobody take over a login."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from callboard.lib import clock
from callboard.lib.errors import CallboardError, Conflict, Forbidden, Invalid, NotFound
from callboard.lib.tenancy import organization_scope
from callboard.people import operations
from callboard.people.access import access_of_login, memberships
from callboard.people.models import Invitation, Organization, User
from tests.people.cast import PASSWORD, access, login

pytestmark = pytest.mark.django_db

EMAIL = "nora@maple.example"


def invite(organization: Organization, email: str = EMAIL, role: str = "coordinator") -> str:
    with organization_scope(organization.pk):
        return operations.invite(email, role)[1]


def test_only_the_hash_of_the_token_is_kept(organization: Organization) -> None:
    token = invite(organization)
    with organization_scope(organization.pk):
        kept = Invitation.objects.values().get()
    assert token not in str(kept)


def test_accepting_makes_a_login_and_a_member(organization: Organization) -> None:
    token = invite(organization)
    opened = operations.open_invitation(token)
    assert (opened.organization.pk, opened.known) == (organization.pk, False)
    member = operations.accept_invitation(token, name="Nora", password=PASSWORD)
    assert access_of_login(member.user_id).role == "coordinator"
    assert User.objects.get().check_password(PASSWORD)


def test_an_invitation_opens_once(organization: Organization) -> None:
    token = invite(organization)
    operations.accept_invitation(token, name="Nora", password=PASSWORD)
    with pytest.raises(NotFound) as refusal:
        operations.accept_invitation(token, name="Eve", password=PASSWORD)
    assert refusal.value.code == "invitation_over"


def test_an_invitation_ends_after_a_week(organization: Organization) -> None:
    token = invite(organization)
    with clock.using(clock.VirtualClock(clock.now() + timedelta(days=7))), pytest.raises(NotFound):
        operations.open_invitation(token)


def test_a_new_invitation_revokes_the_former(organization: Organization) -> None:
    former, token = invite(organization), invite(organization)
    with pytest.raises(NotFound):
        operations.open_invitation(former)
    operations.open_invitation(token)


def test_a_revoked_invitation_opens_nothing(organization: Organization) -> None:
    token = invite(organization)
    with organization_scope(organization.pk):
        assert operations.revoke_invitation(Invitation.objects.get().pk)
    with pytest.raises(NotFound):
        operations.open_invitation(token)


def test_a_weak_password_is_refused_and_leaves_nothing(organization: Organization) -> None:
    token = invite(organization)
    with pytest.raises(Invalid):
        operations.accept_invitation(token, name="Nora", password="nora")
    assert not User.objects.exists()
    operations.open_invitation(token)


def test_a_known_address_must_sign_in_to_accept(organization: Organization) -> None:
    user = login(EMAIL)
    token = invite(organization)
    with pytest.raises(Conflict) as refusal:
        operations.accept_invitation(token, name="Eve", password="another long password")
    assert refusal.value.code == "sign_in_first"
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    operations.accept_invitation(token, user=user)
    assert [each.slug for each in memberships(user.pk)] == ["maple"]


def test_an_invitation_for_another_address_is_refused(organization: Organization) -> None:
    eve = login("eve@else.example")
    token = invite(organization)
    with pytest.raises(Forbidden) as refusal:
        operations.accept_invitation(token, user=eve)
    assert refusal.value.code == "for_another"
    assert memberships(eve.pk) == []


def test_a_member_is_not_invited_again(organization: Organization) -> None:
    access(organization, "coordinator", EMAIL)
    with pytest.raises(Conflict) as refusal:
        invite(organization, "Nora@Maple.example")
    assert refusal.value.code == "already_member"


def test_a_coordinator_lets_in_nobody_above_themselves(organization: Organization) -> None:
    nora = access(organization, "coordinator", EMAIL)
    with organization_scope(organization.pk):
        paula = operations.create_person("Paula")
        operations.invite("paula@home.example", "guardian", paula, by=nora)
        for role in ("admin", "coordinator"):
            with pytest.raises(Forbidden):
                operations.invite("eve@else.example", role, by=nora)


@pytest.mark.parametrize("role", ["service", "king"])
def test_a_role_that_nobody_signs_in_as_is_refused(organization: Organization, role: str) -> None:
    with pytest.raises(Invalid):
        invite(organization, role=role)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_accept_at_once_one_comes_in(organization: Organization) -> None:
    token = invite(organization)
    users = [login(EMAIL)]
    outcomes: list[str] = []
    start = threading.Barrier(6)

    def accept() -> None:
        start.wait()
        try:
            operations.accept_invitation(token, user=users[0])
            outcomes.append("in")
        except CallboardError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["in", *["invitation_over"] * 5]
