"""How soon cases are noticed and claimed, by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callboard.cases import desk, operations
from callboard.cases.models import Case, CaseDay
from callboard.lib import clock
from callboard.people.access import Access
from callboard.people.models import Person
from callboard.sessions.models import Session
from tests.cases.conftest import NOON, missing

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Europe/Madrid")
DAY = NOON.date()


def figures(since: date = DAY) -> dict[tuple[date, str], tuple[int, int, int]]:
    rows = desk.by_day(since, clock.now(), ZONE)
    return {(row.day, row.kind): (row.kept, row.late, row.missed) for row in rows}


def test_a_case_claimed_by_its_deadline_keeps_both_promises(case: Case, alice: Access) -> None:
    operations.claim(alice, case.pk)
    assert figures() == {(DAY, "detected"): (1, 0, 0), (DAY, "claimed"): (1, 0, 0)}


def test_a_case_that_waits_past_its_deadline_is_missed_then_late(
    case: Case, alice: Access, time: Any
) -> None:
    assert (DAY, "claimed") not in figures()
    time.advance(timedelta(minutes=3))
    assert figures()[DAY, "claimed"] == (0, 0, 1)
    assert [each.pk for each in desk.not_kept("claimed", NOON, NOON + timedelta(days=1), clock.now())] == [
        case.pk
    ]
    operations.mind_deadlines()
    operations.claim(alice, case.pk)
    assert figures()[DAY, "claimed"] == (0, 1, 0)


def test_what_cleared_before_anyone_had_to_take_it_counts_neither_way(case: Case, time: Any) -> None:
    time.advance(timedelta(minutes=1))
    operations.clear_case(case.occurrence, clock.now())
    time.advance(timedelta(minutes=10))
    assert figures() == {(DAY, "detected"): (1, 0, 0)}


def test_a_case_noticed_a_minute_late_was_detected_late(session: Session, marta: Person, time: Any) -> None:
    operations.raise_case(missing(noticed_at=NOON + timedelta(minutes=1)))
    assert figures() == {(DAY, "detected"): (0, 1, 0)}
    assert desk.not_kept("detected", NOON, NOON + timedelta(days=1), clock.now()).count() == 1


def test_a_withdrawn_case_never_held(case: Case, time: Any) -> None:
    operations.withdraw_case(case.occurrence, NOON)
    assert figures() == {}


def test_the_roll_up_says_the_same_as_the_count_however_often_it_runs(
    case: Case, alice: Access, time: Any
) -> None:
    operations.claim(alice, case.pk)
    expected = figures()
    time.advance(timedelta(days=1))
    operations.roll_up("Europe/Madrid")
    operations.roll_up("Europe/Madrid")
    assert CaseDay.objects.count() == 2
    assert figures() == expected
