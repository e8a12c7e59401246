"""Settings, Health: for admins alone, the worst first, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client

from callboard.lib import health
from callboard.lib.health import Check
from callboard.lib.tenancy import current_organization, organization_in_scope, organization_scope
from tests.web import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> cast.School:
    organization = cast.new_organization()
    with organization_scope(organization.pk):
        return cast.small_school(organization)


@pytest.fixture
def two_checks() -> Iterator[list[int | None]]:
    """In place of all: one of the installation that is well, one of the organization that is not."""
    scopes: list[int | None] = []
    kept = dict(health._known)
    health._known.clear()

    def well() -> health.Finding:
        scopes.append(organization_in_scope())
        return health.ok("The clocks agree.")

    def ill() -> health.Finding:
        scopes.append(current_organization())
        return health.bad("It does not answer.", "Start it again.", subject="Frankfurt 1")

    health.register(
        Check(name="clock", title="Clocks", look=well),
        Check(name="servers", title="Servers of rooms", look=ill, of_organization=True),
    )
    yield scopes
    health._known.clear()
    health._known.update(kept)


def signed_in(school: cast.School, name: str) -> Client:
    client = Client()
    client.force_login(school.members[name].user)
    return client


def test_what_is_ill_comes_first_with_what_to_do(school: cast.School, two_checks: list[int | None]) -> None:
    page = signed_in(school, "Aisha").get("/settings/health/").content.decode()
    assert "1 thing is not as it should be" in page
    assert page.index("It does not answer.") < page.index("Start it again.") < page.index("The clocks agree.")
    assert two_checks == [None, school.organization.pk]


def test_the_api_tells_the_same(school: cast.School, two_checks: list[int | None]) -> None:
    told = signed_in(school, "Aisha").get("/api/v1/health").json()
    assert told["passed"] is False
    assert [(each["name"], each["state"]) for each in told["items"]] == [("clock", "ok"), ("servers", "bad")]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_waits_for_other_systems(school: cast.School, monkeypatch: pytest.MonkeyPatch) -> None:
    open_while: list[bool] = []

    def waits() -> health.Finding:
        open_while.append(connection.in_atomic_block)
        return health.ok("It answers.")

    monkeypatch.setattr(health, "_known", {})
    health.register(
        Check(name="mail", title="Mail", look=waits),
        Check(name="rooms", title="Rooms", look=lambda: waits, of_organization=True),
    )
    client = signed_in(school, "Aisha")
    assert client.get("/settings/health/").status_code == 200
    assert client.get("/api/v1/health").json()["passed"] is True
    assert open_while == [False] * 4


def test_it_is_for_admins_alone(school: cast.School) -> None:
    others = [name for name, member in school.members.items() if member.role != "admin"]
    assert others
    for name in others:
        client = signed_in(school, name)
        assert client.get("/settings/health/").status_code == 403
        assert client.get("/api/v1/health").status_code == 403


def test_the_real_checks_make_a_page(school: cast.School) -> None:
    page = signed_in(school, "Aisha").get("/settings/health/").content.decode()
    assert "Row-level security" in page
    assert "This could not be looked at" not in page
