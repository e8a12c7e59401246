"""Promises are counted by local day, as often as one likes, and late evidence is counted too."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callboard.expectations import queries
from callboard.expectations.models import Expectation, PromiseDay
from callboard.expectations.operations import roll_up
from callboard.lib import clock
from callboard.lib.days import DayCount
from callboard.sessions.models import Session
from tests.sessions.conftest import START

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Europe/Madrid")
DAY = START.astimezone(ZONE).date()


def settle(**states: str) -> None:
    for kind, status in states.items():
        Expectation.objects.filter(kind=kind).update(status=status)


def counted(since: date, days_on: int) -> dict[tuple[date, str], tuple[int, int, int]]:
    now = START + timedelta(days=days_on)
    rows: list[DayCount] = queries.by_day(since, now, ZONE)
    return {(row.day, row.kind): (row.kept, row.late, row.missed) for row in rows}


def rolled(days_on: int, back: int | None = 3) -> int:
    with clock.using(clock.VirtualClock(START + timedelta(days=days_on))):
        roll_up("Europe/Madrid", back)
    return PromiseDay.objects.count()


def test_a_day_is_counted_by_what_became_of_its_promises(session: Session) -> None:
    settle(instructor_in="met", learner_in="late", room_ready="missed", recording_running="waived")
    expected = {
        (DAY, "instructor_in"): (1, 0, 0),
        (DAY, "learner_in"): (0, 2, 0),
        (DAY, "room_ready"): (0, 0, 1),
    }
    assert counted(DAY, 1) == expected
    assert rolled(1) == 3
    assert counted(DAY, 1) == expected


def test_counting_twice_is_counting_once_and_late_evidence_is_counted(session: Session) -> None:
    settle(instructor_in="missed")
    assert rolled(1) == rolled(1) == 1
    settle(instructor_in="late", room_ready="met")
    assert rolled(2) == 2
    assert counted(DAY, 2)[DAY, "instructor_in"] == (0, 1, 0)


def test_a_day_that_no_run_has_come_to_is_counted_as_it_is_read(session: Session) -> None:
    settle(instructor_in="met")
    PromiseDay.objects.create(day=DAY - timedelta(days=1), kind="instructor_in", kept=7)
    assert counted(DAY - timedelta(days=1), 5) == {
        (DAY - timedelta(days=1), "instructor_in"): (7, 0, 0),
        (DAY, "instructor_in"): (1, 0, 0),
    }


def test_today_is_never_in_the_roll_up(session: Session) -> None:
    settle(instructor_in="met")
    assert rolled(0) == 0
    assert counted(DAY, 0)[DAY, "instructor_in"] == (1, 0, 0)


def test_the_first_run_counts_all_there_is(session: Session) -> None:
    settle(instructor_in="met")
    assert rolled(300) == 1


def test_another_organizations_days_are_not_counted(session: Session, other_organization: Any) -> None:
    from callboard.lib.tenancy import organization_scope

    settle(instructor_in="met")
    with organization_scope(other_organization.pk):
        assert rolled(1) == 0


def test_what_was_not_kept_is_listed_latest_first(session: Session) -> None:
    settle(instructor_in="missed", learner_in="late", room_ready="met")
    rows = queries.not_kept(["instructor_in", "learner_in"], START, START + timedelta(hours=1))
    assert [row.kind for row in rows] == ["learner_in", "learner_in", "instructor_in"]
    assert not queries.not_kept(["room_ready"], START - timedelta(hours=1), START).exists()
