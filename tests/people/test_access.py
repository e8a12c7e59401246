"""What logins and keys may do, read anew at every request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from callboard.lib import clock, tenancy
from callboard.lib.errors import Forbidden, Unauthorized
from callboard.lib.tenancy import organization_scope
from callboard.people import operations, queries
from callboard.people.access import access_of_key, access_of_login, memberships
from callboard.people.models import ApiKey, Member, Organization, User
from tests.people.cast import access, login

pytestmark = pytest.mark.django_db


def key(organization: Organization, *scopes: str, **more: Any) -> tuple[ApiKey, str]:
    with organization_scope(organization.pk):
        return operations.create_api_key("Recorder", scopes, **more)


def test_a_login_gets_its_roles_permissions_in_its_organization(organization: Organization) -> None:
    nora = access(organization, "coordinator", "nora@maple.example")
    assert (nora.organization, nora.organization_slug, nora.role) == (organization.pk, "maple", "coordinator")
    assert nora.may("cases.act")
    assert not nora.may("keys.manage")
    nora.require("cases.act")
    with pytest.raises(Forbidden) as refusal:
        nora.require("keys.manage")
    assert refusal.value.details == {"permission": "keys.manage"}


def test_nothing_stays_in_scope_afterwards(organization: Organization) -> None:
    access(organization, "coordinator", "nora@maple.example")
    _, token = key(organization, "cases.read")
    access_of_key(token)
    assert tenancy.organization_in_scope() is None
    assert Member._base_manager.count() == 0
    assert ApiKey._base_manager.count() == 0


def test_a_login_of_two_organizations_names_the_one_it_means(
    organization: Organization, other_organization: Organization
) -> None:
    nora = access(organization, "coordinator", "nora@maple.example")
    access(other_organization, "admin", "nora@maple.example")
    assert nora.user is not None
    assert access_of_login(nora.user).organization_slug == "maple"
    assert access_of_login(nora.user, "birch").role == "admin"
    assert access_of_login(nora.user, other_organization.pk).role == "admin"
    assert [each.slug for each in memberships(nora.user)] == ["birch", "maple"]


def test_another_organization_is_refused(
    organization: Organization, other_organization: Organization
) -> None:
    nora = access(organization, "coordinator", "nora@maple.example")
    assert nora.user is not None
    with pytest.raises(Forbidden) as refusal:
        access_of_login(nora.user, other_organization.slug)
    assert refusal.value.code == "no_membership"


def test_a_deactivated_member_opens_nothing(organization: Organization) -> None:
    aisha = access(organization, "admin", "aisha@maple.example")
    nora = access(organization, "coordinator", "nora@maple.example")
    assert nora.user is not None
    assert nora.member is not None
    with organization_scope(organization.pk):
        operations.deactivate_member(aisha, nora.member)
    with pytest.raises(Forbidden):
        access_of_login(nora.user)
    assert memberships(nora.user) == []


def test_a_login_that_is_off_opens_nothing(organization: Organization) -> None:
    nora = access(organization, "coordinator", "nora@maple.example")
    User.objects.filter(pk=nora.user or 0).update(is_active=False)
    assert nora.user is not None
    with pytest.raises(Forbidden):
        access_of_login(nora.user)


def test_times_are_told_in_the_zone_that_a_person_said(organization: Organization) -> None:
    with organization_scope(organization.pk):
        marta = operations.create_person("Marta Vidal", zone="Europe/Athens")
    seen = access(organization, "instructor", "marta@maple.example", marta)
    assert (seen.zone, seen.person) == ("Europe/Athens", marta.pk)
    assert access(organization, "coordinator", "nora@maple.example").zone == "Europe/Madrid"
    User.objects.filter(pk=seen.user or 0).update(zone="Asia/Tokyo")
    assert seen.user is not None
    assert access_of_login(seen.user).zone == "Asia/Tokyo"


def test_an_instructor_s_own_is_theirs_and_a_guardian_s_their_child_s(organization: Organization) -> None:
    with organization_scope(organization.pk):
        paula, joan, iris = operations.create_people(
            [operations.Draft(name=name) for name in ("Paula", "Joan", "Iris")]
        )
        operations.add_guardian(paula, joan)
    guardian = access(organization, "guardian", "paula@home.example", paula)
    with organization_scope(organization.pk):
        assert queries.own_people(guardian) == [paula.pk, joan.pk]
        assert queries.may_see_person(guardian, joan.pk)
        assert not queries.may_see_person(guardian, iris.pk)
        coordinator = access(organization, "coordinator", "nora@maple.example")
        assert queries.own_people(coordinator) == []
        assert queries.may_see_person(coordinator, iris.pk)


def test_a_key_may_what_its_scopes_say_and_no_more(organization: Organization) -> None:
    made, token = key(organization, "events.write", "sessions.read")
    opened = access_of_key(token)
    assert (opened.organization, opened.key, opened.role) == (organization.pk, made.pk, "service")
    assert opened.scopes == {"events.write", "sessions.read"}
    assert (opened.user, opened.member, opened.person) == (None, None, None)


@pytest.mark.parametrize("token", ["", "cb_", "cb_" + "0" * 40, "x" * 5000, "\x00", "né"])
def test_an_unknown_key_opens_nothing(organization: Organization, token: str) -> None:
    key(organization, "cases.read")
    with pytest.raises(Unauthorized):
        access_of_key(token)


def test_a_revoked_key_opens_nothing_a_moment_later(organization: Organization) -> None:
    made, token = key(organization, "cases.read")
    access_of_key(token)
    with organization_scope(organization.pk):
        assert operations.revoke_api_key(made.pk)
        assert not operations.revoke_api_key(made.pk)
    with pytest.raises(Unauthorized):
        access_of_key(token)


def test_a_key_ends_when_it_was_said_to(organization: Organization) -> None:
    start = clock.now()
    _, token = key(organization, "cases.read", expires_at=start + timedelta(days=1))
    access_of_key(token)
    later = clock.VirtualClock(start + timedelta(days=1))
    with clock.using(later), pytest.raises(Unauthorized):
        access_of_key(token)


def test_a_keys_use_is_noted_once_a_minute(organization: Organization) -> None:
    made, token = key(organization, "cases.read")
    time = clock.VirtualClock(clock.now())

    def used_at() -> Any:
        with organization_scope(organization.pk):
            return ApiKey.objects.get(pk=made.pk).last_used_at

    with clock.using(time):
        first = clock.now()
        access_of_key(token)
        time.advance(timedelta(seconds=59))
        access_of_key(token)
        assert used_at() == first
        time.advance(timedelta(seconds=1))
        access_of_key(token)
        assert used_at() == clock.now()


def test_what_a_login_is_called_falls_back_to_its_address(organization: Organization) -> None:
    user = login("nora@maple.example")
    User.objects.filter(pk=user.pk).update(name="")
    with organization_scope(organization.pk):
        operations.add_member(user, "coordinator")
    assert access_of_login(user.pk).name == "nora@maple.example"
