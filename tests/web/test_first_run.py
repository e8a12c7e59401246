"""An empty installation is set up once, by whoever has the link that was told where it was started."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from callboard.lib import clock, tenancy
from callboard.people import operations
from callboard.people.models import Organization
from tests.conftest import make_organization

pytestmark = pytest.mark.django_db

MAPLE = {
    "organization": "Maple School", "zone": "Europe/Madrid", "locale": "en", "name": "Ana",
    "email": "ana@maple.example", "password": "harbours at low tide",
}  # fmt: skip


def address() -> str:
    return f"/setup/{operations.first_run_token()}/"


def organizations() -> list[Any]:
    with tenancy.sweep():
        return list(Organization.objects.values_list("name", "zone"))


def test_the_link_makes_the_organization_and_signs_its_admin_in() -> None:
    client, place = Client(), address()
    assert client.get(place).status_code == 200
    assert client.post(place, MAPLE).status_code == 302
    assert organizations() == [("Maple School", "Europe/Madrid")]
    assert client.get("/settings/").status_code == 200, "as an admin"
    assert Client().get(place).status_code == 404, "it opens nothing any more"
    assert Client().post(place, MAPLE | {"organization": "Birch"}).status_code == 404
    assert len(organizations()) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"organization": ""}, "This field is required"),
        ({"zone": "Moon/Base"}, "Select a valid choice"),
        ({"email": "nobody"}, "valid email"),
        ({"password": "short"}, "at least 10 characters"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(change: dict[str, str], words: str) -> None:
    answer = Client().post(address(), MAPLE | change)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert organizations() == []


def test_a_link_that_was_made_up_or_is_a_day_old_opens_nothing() -> None:
    assert Client().get("/setup/made-up/").status_code == 404
    place = address()
    with clock.using(clock.VirtualClock(clock.now() + timedelta(days=1, seconds=1))):
        assert Client().get(place).status_code == 404


def test_where_there_is_an_organization_no_link_opens_anything() -> None:
    make_organization("maple")
    assert Client().get(address()).status_code == 404
