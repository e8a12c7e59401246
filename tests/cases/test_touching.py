"""What a touch is, and how many there were per 1,000 sessions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callboard.cases import operations, queries
from callboard.cases.models import Case, TouchDay
from callboard.cases.touching import Deed, per_thousand, touches
from callboard.people.access import Access
from callboard.people.models import Member
from callboard.sessions.models import Session
from tests.cases.conftest import NOON, missing

MADRID = ZoneInfo("Europe/Madrid")


def deed(minute: float, member: int = 1, case: int = 1, batch: str = "") -> Deed:
    return Deed(NOON + timedelta(minutes=minute), member, case, "stranger", batch)


def test_a_sitting_is_one_touch() -> None:
    assert len(touches([deed(0), deed(4), deed(9)])) == 1
    assert len(touches([deed(6), deed(0)])) == 2
    assert len(touches([deed(0), deed(1, member=2), deed(1, case=2)])) == 3


def test_what_is_done_to_many_in_one_go_is_one_touch() -> None:
    together = [deed(0, case=number, batch="b") for number in range(40)]
    assert [touch.case for touch in touches(together)] == [0]
    assert len(touches([*together, deed(0, member=2, batch="b"), deed(10, batch="c")])) == 3
    assert len(touches([*together, deed(2, case=7)])) == 1


def test_a_rate_needs_sessions() -> None:
    assert per_thousand(3, 200) == 15.0
    assert per_thousand(3, 0) is None


def another(key: str, day: int, status: str = "scheduled") -> None:
    starts = NOON + timedelta(days=day)
    Session.objects.create(
        key=key, title="More", starts_at=starts, ends_at=starts + timedelta(hours=1), status=status
    )


@pytest.fixture
def worked(session: Session, alice: Access, time: Any) -> Case:
    """One touch on 2 March (a Monday), two on the 4th, in a week with four sessions."""
    for number, status in enumerate(("cancelled", "live", "ended")):
        another(f"s-{number}", 0, status)
    another("s-9", 1)
    case = operations.raise_case(missing())
    assert case is not None
    operations.claim(alice, case.pk)
    time.advance(timedelta(days=2))
    operations.note(alice, case.pk, "still there")
    time.advance(timedelta(minutes=10))
    operations.note(alice, case.pk, "and still")
    return case


@pytest.mark.django_db
@pytest.mark.parametrize("rolled", [False, True])
def test_touches_are_told_by_week_and_kind(worked: Case, alice: Access, time: Any, rolled: bool) -> None:
    time.advance(timedelta(days=7))
    operations.release(alice, worked.pk)
    if rolled:
        operations.roll_up_touches("Europe/Madrid")
        operations.roll_up_touches("Europe/Madrid")
        assert TouchDay.objects.filter(kind="instructor_missing").count() == 2
    first, second = queries.touches_by_week(alice, NOON + timedelta(days=9, hours=1), MADRID, weeks=2)
    assert (first.start, first.sessions, first.touches) == (date(2026, 3, 2), 4, 3)
    assert first.by_kind == {"instructor_missing": 3}
    assert first.rate == 750.0
    assert (second.sessions, second.touches, second.rate) == (0, 1, None)


@pytest.mark.django_db
def test_programs_do_not_touch(worked: Case, alice: Access) -> None:
    Member.objects.filter(pk=alice.member or 0).update(role="service")
    assert queries.touches_by_week(alice, NOON + timedelta(days=3), MADRID, weeks=1)[0].touches == 0
