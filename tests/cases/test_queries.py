"""Reads of cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from callboard.cases import operations, queries
from callboard.cases.models import Case
from callboard.cases.operations import Raise
from callboard.lib.errors import Conflict, Invalid
from callboard.people.access import Access
from tests.cases.conftest import NOON, missing

pytestmark = pytest.mark.django_db


def other(kind: str, severity: str, minute: int = 0) -> Raise:
    return missing(minute, kind=kind, severity=severity)


def test_the_worst_and_oldest_comes_first(case: Case, alice: Access) -> None:
    operations.apply([other("overrun", "watch"), other("stranger", "now", 1), other("dropped", "soon")])
    kinds = [each.kind for each in queries.open_cases(alice)]
    assert kinds == ["instructor_missing", "stranger", "dropped", "overrun"]


def test_counts_stay_true(case: Case, alice: Access, time: Any) -> None:
    operations.apply([other("overrun", "watch"), other("dropped", "soon")])
    overrun, dropped = (Case.objects.get(kind=kind) for kind in ("overrun", "dropped"))
    operations.claim(alice, overrun.pk)
    operations.snooze(alice, dropped.pk, NOON + timedelta(hours=1))
    counts = queries.counts(alice)
    assert (counts.open, counts.claimed, counts.snoozed, counts.mine, counts.now) == (1, 1, 1, 2, 1)
    assert counts.by_queue == {case.queue_id: 2}
    assert [each.pk for each in queries.open_cases(alice, mine=True)] == [overrun.pk]
    assert [each.pk for each in queries.open_cases(alice, snoozed=True)] == [dropped.pk]


def test_what_cleared_by_itself_is_shown_for_a_quarter_of_an_hour(
    case: Case, alice: Access, time: Any
) -> None:
    operations.clear_case(case.occurrence, NOON)
    assert [each.pk for each in queries.recently_cleared(alice)] == [case.pk]
    time.advance(timedelta(minutes=16))
    assert list(queries.recently_cleared(alice)) == []


def test_a_queue_with_members_is_theirs_and_one_without_is_everybodys(
    case: Case, alice: Access, bob: Access
) -> None:
    operations.save_queue("tech", name="Tech", kinds=["dropped"], members=[alice.member or 0])
    assert [queue.slug for queue in queries.worked(alice)] == ["live", "tech", "recordings"]
    assert [queue.slug for queue in queries.worked(bob)] == ["live", "recordings"]
    with pytest.raises(Invalid):
        operations.save_queue("tech", name="Tech", members=[0])
    operations.save_queue("tech", name="Tech", members=[])
    assert "tech" in [queue.slug for queue in queries.worked(bob)]


def test_a_queue_takes_the_kinds_it_names_and_no_other_may(case: Case) -> None:
    floor = operations.save_queue("tech", name="Tech", kinds=["bad_connection"], deadlines={"watch": [1, 2]})
    raised = operations.raise_case(other("bad_connection", "watch"))
    assert raised is not None
    assert (raised.queue_id, raised.claim_by) == (floor.pk, NOON + timedelta(minutes=1))
    with pytest.raises(Conflict):
        operations.save_queue("more", name="More", kinds=["bad_connection"])
    with pytest.raises(Invalid):
        operations.save_queue("tech", name="Tech", deadlines={"now": [0, 5]})
