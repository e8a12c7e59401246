"""Promises over the API: by day, and what was not kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callboard.expectations.models import Expectation
from callboard.lib import clock
from callboard.lib.tenancy import organization_scope
from callboard.sessions.models import Session
from tests.api.conftest import Caller, School

pytestmark = pytest.mark.django_db


@pytest.fixture
def unkept(school: School) -> Expectation:
    with organization_scope(school.organization.pk):
        session = Session.objects.get(key="s-1")
        due = clock.now() - timedelta(minutes=5)
        Expectation.objects.filter(session=session).delete()
        Expectation.objects.create(session=session, kind="room_ready", due_at=due, status="met", met_at=due)
        return Expectation.objects.create(session=session, kind="instructor_in", due_at=due, status="missed")


def test_promises_are_counted_by_day(key: Caller, unkept: Expectation) -> None:
    told = key.get("/promises?days=7").json()
    items = {item["kind"]: item for item in told["items"]}
    assert (items["instructor_in"]["missed"], items["instructor_in"]["share"]) == (1, 0.0)
    assert (items["room_ready"]["kept"], items["room_ready"]["share"]) == (1, 1.0)
    assert items["room_ready"]["days"][0]["kept"] == 1


def test_what_was_not_kept_is_listed(key: Caller, unkept: Expectation) -> None:
    told = key.get("/promises/instructor_in/misses").json()
    assert [(item["session"], item["status"]) for item in told["items"]] == [("s-1", "missed")]
    assert key.get("/promises/room_ready/misses").json()["items"] == []
    assert key.get("/promises/nothing/misses").status_code == 404


def test_a_case_that_nobody_took_is_listed_under_claimed(school: School, key: Caller) -> None:
    with organization_scope(school.organization.pk):
        school.case.claim_by = clock.now() - timedelta(minutes=1)
        school.case.raised_at = school.case.noticed_at = clock.now() - timedelta(minutes=9)
        school.case.save()
    told = key.get("/promises/claimed/misses").json()
    assert [(item["case"], item["status"]) for item in told["items"]] == [(school.case.pk, "missed")]
