"""A small cast: Iris and Ivan teach, Ana, Ben and Chloe learn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from callboard.people.models import ConsentKind
from callboard.people.operations.persons import Draft, create_people
from callboard.sessions.operations import Booking

START = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Cast:
    """The people of one organization, by first name: `.iris` is an id."""

    def __init__(self, *, buffer_minutes: int = 10) -> None:
        agreed = (ConsentKind.RECORDING,)
        drafts = [
            Draft(name="Iris", skills=["maths:8"], buffer_minutes=buffer_minutes, consents=agreed),
            Draft(name="Ivan", skills=["maths:8"], consents=agreed),
            Draft(name="Ana", level="8", consents=agreed),
            Draft(name="Ben", level="8", consents=agreed),
            Draft(name="Chloe", level="8"),
        ]
        self.people = create_people(drafts)
        self.iris, self.ivan, self.ana, self.ben, self.chloe = (person.pk for person in self.people)

    def booking(self, **changes: Any) -> Booking:
        """Iris teaches Ana at four for an hour, changed as said."""
        usual: dict[str, Any] = {
            "title": "Algebra",
            "starts_at": START,
            "ends_at": START + HOUR,
            "instructor": self.iris,
            "learners": [self.ana],
            "provider": "memory",
        }
        return Booking(**(usual | changes))

    def at(self, minutes: int, **changes: Any) -> Booking:
        """The same, so many minutes later."""
        begins = START + timedelta(minutes=minutes)
        return self.booking(starts_at=begins, ends_at=begins + HOUR, **changes)


@pytest.fixture
def cast(in_organization: Any) -> Cast:
    return Cast()


@pytest.fixture
def make_cast() -> Callable[..., Cast]:
    """For tests that open the organization's scope themselves."""
    return Cast
