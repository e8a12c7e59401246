"""A small cast: two coordinators, an instructor, one session, and something wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from callboard.cases import operations
from callboard.cases.models import Case
from callboard.cases.operations import Raise
from callboard.lib import clock
from callboard.people.access import Access, access_of_login
from callboard.people.models import Organization, Person
from callboard.people.operations import add_member, create_login
from callboard.sessions.models import Session

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def time() -> Any:
    """A clock that stands at noon until it is moved."""
    with clock.using(clock.VirtualClock(NOON)) as virtual:
        yield virtual


@pytest.fixture
def marta(in_organization: Organization) -> Person:
    return Person.objects.create(key="per_marta", name="Marta Vidal")


@pytest.fixture
def session(in_organization: Organization) -> Session:
    return Session.objects.create(
        key="ses_algebra", title="Algebra", starts_at=NOON, ends_at=NOON + timedelta(hours=1)
    )


def coordinator(name: str) -> Access:
    user = create_login(f"{name}@example.org", name.title())
    add_member(user, "coordinator")
    return access_of_login(user.pk)


@pytest.fixture
def alice(in_organization: Organization) -> Access:
    return coordinator("alice")


@pytest.fixture
def bob(in_organization: Organization) -> Access:
    return coordinator("bob")


def missing(minute: int = 0, **more: Any) -> Raise:
    """Marta has not come, noticed so many minutes past noon."""
    moment = NOON + timedelta(minutes=minute)
    fields: dict[str, Any] = {
        "kind": "instructor_missing",
        "severity": "now",
        "raised_at": moment,
        "noticed_at": moment,
        "session_key": "ses_algebra",
        "participant": "per_marta",
        "evidence": ["e-1"],
        "why": "per_marta was due in",
    }
    return Raise(**{**fields, **more})


@pytest.fixture
def case(session: Session, marta: Person, time: Any) -> Case:
    raised = operations.raise_case(missing())
    assert raised is not None
    return raised


@pytest.fixture
def read(case: Case) -> Callable[[], Case]:
    """The case as it is now."""
    return lambda: Case.objects.select_related("session", "queue", "owner__user").get(pk=case.pk)
