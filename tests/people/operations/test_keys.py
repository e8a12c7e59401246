"""Keys: shown once, kept as a hash, never more than whoever makes them may."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from callboard.lib import clock
from callboard.lib.errors import Forbidden, Invalid
from callboard.lib.tenancy import organization_scope
from callboard.people import operations
from callboard.people.models import ApiKey, Organization
from tests.people.cast import access

pytestmark = pytest.mark.django_db


def test_only_the_hash_of_a_key_is_kept(in_organization: Organization) -> None:
    key, token = operations.create_api_key("Recorder", ["events.write", "events.write"])
    assert re.fullmatch("cb_[0-9a-z]{40}", token)
    assert key.key_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token.startswith(key.hint)
    assert token not in str(ApiKey.objects.values().get())
    assert key.scopes == ["events.write"]


@pytest.mark.parametrize("scopes", [[], ["own.read"], ["cases.read", "fly"]])
def test_a_key_needs_scopes_that_a_key_can_hold(in_organization: Organization, scopes: list[str]) -> None:
    with pytest.raises(Invalid):
        operations.create_api_key("Recorder", scopes)


def test_a_key_needs_a_name_and_an_end_that_is_to_come(in_organization: Organization) -> None:
    with pytest.raises(Invalid):
        operations.create_api_key(" ", ["cases.read"])
    with pytest.raises(Invalid):
        operations.create_api_key("x", ["cases.read"], expires_at=clock.now() - timedelta(seconds=1))


def test_nobody_makes_a_key_that_may_more_than_they(organization: Organization) -> None:
    aisha = access(organization, "admin", "aisha@maple.example")
    nora = access(organization, "coordinator", "nora@maple.example")
    less = replace(aisha, scopes=frozenset({"keys.manage", "cases.read"}))
    with organization_scope(organization.pk):
        made, _ = operations.create_api_key("x", ["events.write"], by=aisha)
        assert made.created_by_id == aisha.user
        with pytest.raises(Forbidden):
            operations.create_api_key("x", ["cases.read"], by=nora)
        with pytest.raises(Forbidden):
            operations.create_api_key("x", ["cases.read", "events.write"], by=less)
        with pytest.raises(Forbidden):
            operations.revoke_api_key(made.pk, by=nora)


def test_another_organizations_key_is_not_revoked(
    organization: Organization, other_organization: Organization
) -> None:
    with organization_scope(organization.pk):
        key, _ = operations.create_api_key("x", ["cases.read"])
    with organization_scope(other_organization.pk):
        assert not operations.revoke_api_key(key.pk)
