"""Join links and devices through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from callboard.lib.tenancy import organization_scope
from callboard.sessions.models import ConfirmedDevice
from tests.api.conftest import Caller, School, key_of

pytestmark = pytest.mark.django_db


def test_a_link_is_the_same_until_it_is_replaced(school: School, key: Caller) -> None:
    place = f"/sessions/{school.session.key}/participants/{school.marta.key}/link"
    first = key.post(place).json()["url"]
    assert "/j/" in first
    assert key.post(place).json()["url"] == first
    fresh = key.post(f"{place}/replace").json()["url"]
    assert fresh != first
    assert key.post(place).json()["url"] == fresh


def test_a_link_is_mailed_and_the_answer_says_where_to(
    school: School, key: Caller, django_capture_on_commit_callbacks: Any
) -> None:
    with organization_scope(school.organization.pk):
        school.marta.email = "marta@example.org"
        school.marta.save()
    place = f"/sessions/{school.session.key}/participants/{school.marta.key}/link"
    with django_capture_on_commit_callbacks(execute=True):
        assert key.post(f"{place}/send").json() == {"sent_to": ["m…a@e…e.org"]}
    assert key.post(place).json()["url"] in mail.outbox[0].body


def test_devices_are_listed_and_revoked_all_at_once(school: School, key: Caller) -> None:
    with organization_scope(school.organization.pk):
        ConfirmedDevice.objects.create(person=school.marta, token_hash="x", label="Firefox, Linux")
    place = f"/people/{school.marta.key}/devices"
    (device,) = key.get(place).json()["items"]
    assert device["label"] == "Firefox, Linux"
    assert key.send("DELETE", place).status_code == 204
    assert key.get(place).json() == {"items": []}


def test_whoever_only_reads_makes_no_links(school: School) -> None:
    reader = key_of(school.organization, "sessions.read", "people.read")
    place = f"/sessions/{school.session.key}/participants/{school.marta.key}/link"
    assert reader.post(place).status_code == 403
    assert reader.send("DELETE", f"/people/{school.marta.key}/devices").status_code == 403
