"""Making organizations, and their first admin."""

from __future__ import annotations

import pytest

from callboard.lib.errors import Conflict, Invalid
from callboard.lib.tenancy import organization_scope
from callboard.people import operations
from callboard.people.access import access_of_login
from callboard.people.models import Organization, User

pytestmark = pytest.mark.django_db


def test_an_organization_gets_a_short_name_of_its_name() -> None:
    made = operations.create_organization("Harbour Tutors", zone="Europe/Lisbon")
    with organization_scope(made.pk):
        assert Organization.objects.get().slug == "harbour-tutors"
    assert Organization.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "slug", "zone", "field"),
    [
        ("", "", "UTC", "name"),
        ("Harbour", "", "Mars/Base", "zone"),
        ("Harbour", "", "../etc/passwd", "zone"),
        ("Harbour", "Two Words", "UTC", "slug"),
        ("学校", "", "UTC", "slug"),
    ],
)
def test_what_cannot_be_is_refused_by_field(name: str, slug: str, zone: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        operations.create_organization(name, slug, zone)
    assert set(refusal.value.fields) == {field}


def test_a_short_name_is_given_once(organization: Organization) -> None:
    with pytest.raises(Conflict) as refusal:
        operations.create_organization("Another", "maple")
    assert refusal.value.code == "slug_taken"


def test_the_first_admin_comes_with_the_organization_or_not_at_all(organization: Organization) -> None:
    member = operations.bootstrap_admin(
        "aisha@harbour.example", "seven quiet harbours", organization="Harbour", zone="Europe/Madrid"
    )
    assert access_of_login(member.user_id).may("settings.manage")
    with pytest.raises(Conflict):
        operations.bootstrap_admin("eve@else.example", organization="Maple")
    assert not User.objects.filter(email="eve@else.example").exists()
