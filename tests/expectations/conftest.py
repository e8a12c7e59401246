"""The cast of the sessions' tests, and a booked session."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.sessions.models import Session
from callboard.sessions.operations import book
from tests.sessions.conftest import Cast


@pytest.fixture
def cast(in_organization: Any) -> Cast:
    return Cast()


@pytest.fixture
def session(cast: Cast) -> Session:
    """Iris with Ana and Ben, recorded."""
    return book(cast.booking(learners=[cast.ana, cast.ben], recording_wanted=True))
