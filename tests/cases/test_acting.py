"""Doing something about a case, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from callboard.cases import operations, queries, registry
from callboard.cases.models import Case, CaseEntry
from callboard.cases.registry import Action
from callboard.lib.errors import Conflict, Invalid, NotFound
from callboard.people.access import Access
from tests.cases.conftest import NOON, missing

pytestmark = pytest.mark.django_db

Read = Callable[[], Case]


@pytest.fixture
def rung() -> Iterator[list[str]]:
    """An action that rings someone up, can be taken back, and says on this list what it did."""
    done: list[str] = []

    def ring(access: Access, case: Case, number: str = "1") -> dict[str, Any]:
        done.append(number)
        return {"number": number}

    def hang_up(access: Access, case: Case, data: Any) -> None:
        done.remove(data["number"])

    registry.register_action(
        Action("ring", "Ring", "phone", ("instructor_missing",), "cases.act", ring, undo=hang_up)
    )
    yield done
    registry._actions.pop("ring")


def test_an_action_acts_and_is_written_down_and_makes_the_case_mine(
    case: Case, alice: Access, rung: list[str]
) -> None:
    after = operations.act(alice, case.pk, "ring", number="7")
    assert rung == ["7"]
    assert (after.status, after.owner_id) == ("claimed", alice.member)
    entry = CaseEntry.objects.get(kind="acted")
    assert (entry.action, entry.data, entry.actor_id) == ("ring", {"number": "7"}, alice.member)


def test_an_action_can_be_taken_back_where_it_says_how(case: Case, alice: Access, rung: list[str]) -> None:
    operations.act(alice, case.pk, "ring")
    operations.undo(alice, case.pk)
    assert rung == []
    assert CaseEntry.objects.get(kind="acted").undone_at is not None


def test_actions_are_refused_on_what_another_holds(
    case: Case, alice: Access, bob: Access, rung: list[str]
) -> None:
    operations.claim(alice, case.pk)
    with pytest.raises(Conflict):
        operations.act(bob, case.pk, "ring")
    assert rung == []


def test_an_action_of_another_kind_is_not_available(alice: Access, case: Case, rung: list[str]) -> None:
    other = operations.raise_case(missing(kind="stranger", participant="x"))
    assert other is not None
    with pytest.raises(Conflict) as refused:
        operations.act(alice, other.pk, "ring")
    assert refused.value.code == "not_available"


def test_an_unknown_action_and_unknown_parameters_are_told(
    case: Case, alice: Access, rung: list[str]
) -> None:
    with pytest.raises(NotFound):
        operations.act(alice, case.pk, "explode")
    with pytest.raises(Invalid):
        operations.act(alice, case.pk, "ring", colour="red")
    with pytest.raises(Invalid):
        operations.act(alice, case.pk, "resolve")


def test_what_a_case_offers_depends_on_whose_it_is(
    case: Case, alice: Access, bob: Access, rung: list[str]
) -> None:
    offered = queries.actions(alice, case)
    assert "ring" in offered
    assert offered[-6:] == ["claim", "snooze", "resolve", "assign", "note", "move"]
    claimed = operations.claim(alice, case.pk)
    assert queries.actions(bob, claimed) == ["assign", "note"]
    assert "release" in queries.actions(alice, claimed)


@pytest.mark.parametrize("deed", ["claim", "snooze", "resolve", "assign", "release"])
def test_what_one_did_can_be_undone_within_five_minutes(
    case: Case, alice: Access, bob: Access, time: Any, read: Read, deed: str
) -> None:
    if deed == "release":
        operations.claim(alice, case.pk)
    before = read()
    {
        "claim": lambda: operations.claim(alice, case.pk),
        "snooze": lambda: operations.snooze(alice, case.pk, NOON + timedelta(hours=1)),
        "resolve": lambda: operations.resolve(alice, case.pk, "fixed"),
        "assign": lambda: operations.assign(alice, case.pk, bob.member or 0),
        "release": lambda: operations.release(alice, case.pk),
    }[deed]()
    assert read().status != before.status
    time.advance(timedelta(minutes=4))
    after = operations.undo(alice, case.pk)
    names = ("status", "owner_id", "over_at", "snoozed_until", "outcome", "claim_by", "resolve_by")
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]


def test_after_five_minutes_it_stays_done(case: Case, alice: Access, time: Any) -> None:
    operations.claim(alice, case.pk)
    time.advance(timedelta(minutes=6))
    with pytest.raises(Conflict) as refused:
        operations.undo(alice, case.pk)
    assert refused.value.code == "nothing_to_undo"


def test_nobody_undoes_what_another_did_or_changed_since(
    case: Case, alice: Access, bob: Access, time: Any
) -> None:
    operations.claim(alice, case.pk)
    with pytest.raises(Conflict):
        operations.undo(bob, case.pk)
    operations.assign(bob, case.pk, bob.member or 0)
    with pytest.raises(Conflict) as refused:
        operations.undo(alice, case.pk)
    assert refused.value.code == "changed_since"


def test_undoing_a_resolution_whose_cause_has_gone_leaves_it_cleared(case: Case, alice: Access) -> None:
    operations.resolve(alice, case.pk, "fixed")
    operations.clear_case(case.occurrence, NOON + timedelta(minutes=1))
    assert operations.undo(alice, case.pk).status == "cleared"


def test_undoing_a_resolution_whose_cause_has_a_new_case_is_refused(case: Case, alice: Access) -> None:
    operations.resolve(alice, case.pk, "fixed")
    operations.raise_case(missing(1))
    with pytest.raises(Conflict) as refused:
        operations.undo(alice, case.pk)
    assert refused.value.code == "superseded"
