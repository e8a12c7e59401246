"""Permissions by role."""

from __future__ import annotations

import pytest

from callboard.people import rules
from callboard.people.models import Role


def test_every_role_has_its_permissions() -> None:
    assert set(rules.ROLE_PERMISSIONS) == set(Role.values)


@pytest.mark.parametrize("role", ["instructor", "guardian", "student"])
def test_those_who_are_taught_or_teach_see_their_own_alone(role: str) -> None:
    assert rules.permissions_of(role) == {"own.read"}


def test_a_coordinator_runs_the_day_and_an_admin_the_house() -> None:
    coordinator, admin = rules.permissions_of("coordinator"), rules.permissions_of("admin")
    assert coordinator >= {
        "cases.read",
        "cases.act",
        "sessions.read",
        "sessions.book",
        "people.read",
        "live.read",
    }
    assert admin - coordinator == {
        "keys.manage",
        "settings.manage",
        "events.write",
        "people.erase",
        "data.manage",
    }


def test_an_unknown_role_may_nothing() -> None:
    assert rules.permissions_of("king") == frozenset()


def test_nobody_lets_in_someone_above_themselves() -> None:
    assert rules.may_grant("admin", "admin")
    assert not rules.may_grant("coordinator", "coordinator")
    assert rules.may_grant("coordinator", "guardian")
    assert not rules.may_grant("guardian", "guardian")
    assert not any(rules.may_grant(role, "service") for role in rules.ROLE_PERMISSIONS)


def test_a_key_holds_nobodys_own() -> None:
    assert rules.unknown_scopes(["cases.read", "own.read", "fly"]) == ["fly", "own.read"]
