"""A school with one session that something is wrong with, and callers of the API."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from callboard.cases import operations as cases
from callboard.cases.models import Case
from callboard.cases.operations import Raise
from callboard.lib.tenancy import organization_scope
from callboard.people import operations as people
from callboard.people.access import SCOPES
from callboard.people.models import Organization, Person
from callboard.sessions import operations as sessions
from callboard.sessions.models import Session

ROOT = "/api/v1"
START = datetime(2030, 3, 4, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _api_alone(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.api.urls"


@dataclass
class Caller:
    """Speaks JSON to the API, as a key or as a login."""

    client: Client
    token: str = ""

    def _headers(self, more: dict[str, str] | None) -> dict[str, str]:
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {**own, **(more or {})}

    def get(self, path: str, /, **query: Any) -> Any:
        return self.client.get(ROOT + path, query, headers=self._headers(None))

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        data = "" if body is None else json.dumps(body)
        return self.client.generic(
            method, ROOT + path, data, content_type="application/json", headers=self._headers(headers)
        )

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", path, body, named)


@dataclass
class School:
    organization: Organization
    marta: Person
    joan: Person
    iris: Person
    session: Session
    case: Case


@pytest.fixture
def school(organization: Organization) -> School:
    """Marta teaches Joan on a Monday in 2030, and is not in."""
    with organization_scope(organization.pk):
        marta, joan, iris = people.create_people(
            [
                people.Draft(name="Marta Vidal", key="marta", skills=["algebra:8"]),
                people.Draft(name="Joan Serra", key="joan", level="8"),
                people.Draft(name="Iris Roca", key="iris", level="8"),
            ]
        )
        session = sessions.book(
            sessions.Booking(
                title="Algebra",
                starts_at=START,
                ends_at=START + timedelta(hours=1),
                instructor=marta.pk,
                learners=[joan.pk],
                key="s-1",
            )
        )
        case = cases.raise_case(
            Raise(
                kind="instructor_missing",
                severity="now",
                raised_at=START + timedelta(minutes=2),
                noticed_at=START + timedelta(minutes=2),
                session_key="s-1",
                participant="marta",
                why="marta was due in",
                evidence=["e-1", "e-2"],
            )
        )
        assert case is not None
        return School(organization, marta, joan, iris, session, case)


def key_of(organization: Organization, *scopes: str, name: str = "Tests") -> Caller:
    with organization_scope(organization.pk):
        _key, token = people.create_api_key(name, scopes or sorted(SCOPES))
    return Caller(Client(), token)


def login_of(
    organization: Organization, name: str, role: str, person: Person | None = None, **options: Any
) -> Caller:
    with organization_scope(organization.pk):
        user = people.create_login(f"{name}@example.org", name.title())
        people.add_member(user, role, person)
    client = Client(**options)
    client.force_login(user, backend="callboard.people.signed_in.SignInBackend")
    return Caller(client)


@pytest.fixture
def key(school: School) -> Caller:
    """A program that may do everything that a program may."""
    return key_of(school.organization)


@pytest.fixture
def alice(school: School) -> Caller:
    return login_of(school.organization, "alice", "coordinator")


def is_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The problem, checked for what every problem has."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = response.json()
    assert told["status"] == status
    assert told["code"] == code
    assert told["title"]
    return told
