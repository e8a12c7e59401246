"""One program does not take the place of all others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from callboard.api import rates
from tests.api.conftest import School, is_problem, key_of, login_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_a_minute(settings: Any) -> Iterator[None]:
    settings.API_CALLS_PER_MINUTE = 3
    rates.forget()
    yield
    rates.forget()


@pytest.mark.usefixtures("three_a_minute")
def test_a_key_that_asks_too_often_is_told_when_there_is_room(school: School) -> None:
    eager, other = key_of(school.organization), key_of(school.organization)
    assert [eager.get("/cases").status_code for _ in range(3)] == [200, 200, 200]
    refused = eager.get("/cases")
    is_problem(refused, 429, "busy")
    assert 1 <= int(refused["Retry-After"]) <= 20
    assert other.get("/cases").status_code == 200


@pytest.mark.usefixtures("three_a_minute")
def test_a_browser_has_no_limit(school: School) -> None:
    carol = login_of(school.organization, "carol", "coordinator")
    assert {carol.get("/cases").status_code for _ in range(5)} == {200}


@pytest.mark.usefixtures("three_a_minute")
def test_room_comes_back_with_time(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr("callboard.api.rates.time.monotonic", lambda: now)
    caller = key_of(school.organization)
    assert [caller.get("/cases").status_code for _ in range(4)][-1] == 429
    now += 20
    assert [caller.get("/cases").status_code for _ in range(2)] == [200, 429]
