"""One deed on many cases, and taken back in one go."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.cases import operations
from callboard.cases.models import Case, CaseEntry
from callboard.lib.errors import Conflict, Invalid
from callboard.people.access import Access
from callboard.sessions.models import Session
from tests.cases.conftest import missing

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(session: Session, time: Any) -> list[int]:
    operations.apply([missing(participant=f"p-{number}") for number in range(3)])
    return list(Case.objects.order_by("pk").values_list("pk", flat=True))


def test_one_that_refuses_holds_up_no_other(three: list[int], alice: Access, bob: Access) -> None:
    operations.claim(bob, three[1])
    unknown = three[-1] + 1
    many = operations.act_on(alice, [*three, unknown, three[0]], "claim")
    assert many.done == [three[0], three[2]]
    assert [(each.case, each.code) for each in many.failed] == [
        (three[1], "already_claimed"),
        (unknown, "case_not_found"),
    ]
    assert many.undoable


def test_what_was_done_in_one_go_is_taken_back_in_one(three: list[int], alice: Access, bob: Access) -> None:
    many = operations.act_on(alice, three, "resolve", outcome="fixed")
    back = operations.undo_batch(alice, many.batch)
    assert back.done == sorted(three, reverse=True)
    assert set(Case.objects.values_list("status", "over_at")) == {("open", None)}
    for nothing in (many.batch, "", "never"):
        with pytest.raises(Conflict):
            operations.undo_batch(alice, nothing)


def test_what_has_changed_since_stays_and_is_told(three: list[int], alice: Access, bob: Access) -> None:
    many = operations.act_on(alice, three, "claim")
    operations.assign(bob, three[0], bob.member or 0)
    with pytest.raises(Conflict):
        operations.undo_batch(bob, many.batch)
    back = operations.undo_batch(alice, many.batch)
    assert sorted(back.done) == three[1:]
    assert [(each.case, each.code) for each in back.failed] == [(three[0], "changed_since")]


def test_a_failure_leaves_nothing_half_done(three: list[int], alice: Access) -> None:
    many = operations.act_on(alice, three, "resolve", outcome="nonsense")
    assert [each.code for each in many.failed] == ["invalid"] * 3
    assert not many.undoable
    assert CaseEntry.objects.exclude(batch="").count() == 0


def test_none_and_too_many_are_refused(alice: Access) -> None:
    nothing: list[int] = []
    for wrong in (nothing, range(1001)):
        with pytest.raises(Invalid):
            operations.act_on(alice, wrong, "claim")
