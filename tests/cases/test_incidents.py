"""Many cases with one cause: held together, acted on together, let go where they do not recover."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from callboard.cases import operations
from callboard.cases.holding import Held, closed_at, let_go, turned_at
from callboard.cases.models import Case, CaseEntry, Incident
from callboard.lib.errors import Conflict, NotFound
from callboard.people.access import Access
from callboard.people.models import Organization
from callboard.sessions.models import Session
from tests.cases.conftest import NOON, missing

pytestmark = pytest.mark.django_db


def moment(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def test_the_cause_has_gone_when_all_but_a_few_have_recovered() -> None:
    assert turned_at([moment(1), None, None]) is None
    assert turned_at([moment(2), None, moment(1)]) == moment(2)
    assert turned_at([moment(minute) for minute in range(6)] + [None, None]) == moment(5)
    assert turned_at([moment(minute) for minute in range(5)] + [None] * 3) is None
    assert turned_at([]) is None


def test_what_does_not_follow_within_five_minutes_is_let_go() -> None:
    members = [Held(1, NOON, moment(3)), Held(2, NOON, moment(4)), Held(3, NOON)]
    assert let_go(members, moment(8.9)) == []
    assert let_go(members, moment(9)) == [3]
    late = [*members[:2], Held(3, moment(6))]
    assert let_go(late, moment(9)) == []
    assert let_go(late, moment(11)) == [3]
    assert let_go([*members[:2], Held(3, NOON, apart=True)], moment(30)) == []


def test_it_closes_with_the_last_that_it_holds() -> None:
    assert closed_at([Held(1, NOON, moment(3)), Held(2, NOON)]) is None
    assert closed_at([Held(1, NOON, moment(3)), Held(2, NOON, apart=True)]) == moment(3)
    assert closed_at([]) is None


@pytest.fixture
def node_down(in_organization: Organization, time: Any) -> Incident:
    """Four sessions on one node whose instructors went missing within seconds."""
    operations.create_default_queues()
    for number in range(4):
        Session.objects.create(
            key=f"s-{number}", title="Algebra", starts_at=NOON, ends_at=NOON + timedelta(hours=1)
        )
        operations.raise_case(missing(session_key=f"s-{number}", participant=f"p-{number}"))
    return gather()


def gather() -> Incident:
    return operations.raise_incident(
        "node:eu-2", "instructor_missing", [f"s-{number}" for number in range(9)], NOON
    )


def clear(number: int, minute: float) -> None:
    case = Case.objects.get(participant=f"p-{number}")
    operations.clear_case(case.occurrence, moment(minute))


def test_claiming_it_claims_all_and_what_joins_later(node_down: Incident, alice: Access, bob: Access) -> None:
    assert len(operations.claim_incident(alice, node_down.pk).done) == 4
    Session.objects.create(key="s-7", title="Late", starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    operations.raise_case(missing(1, session_key="s-7", participant="p-7"))
    assert gather().owner_id == alice.member
    assert {case.owner_id for case in Case.objects.all()} == {alice.member}
    with pytest.raises(Conflict) as refused:
        operations.claim_incident(bob, node_down.pk)
    assert refused.value.code == "already_claimed"


def test_what_joins_from_a_strict_queue_stays_nobodys(
    node_down: Incident, alice: Access, bob: Access
) -> None:
    operations.claim_incident(alice, node_down.pk)
    operations.save_queue("live", name="Live floor", members=[bob.member or 0], strict=True)
    Session.objects.create(key="s-7", title="Late", starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    operations.raise_case(missing(1, session_key="s-7", participant="p-7"))
    assert gather().owner_id == alice.member
    assert Case.objects.get(participant="p-7").owner_id is None


def test_one_place_acts_on_all_and_tells_of_each(node_down: Incident, alice: Access, bob: Access) -> None:
    taken = Case.objects.get(participant="p-2")
    operations.claim(bob, taken.pk)
    done = operations.act_on_incident(alice, node_down.pk, "resolve", outcome="fixed")
    assert (len(done.done), [each.code for each in done.failed]) == (3, ["already_claimed"])
    assert {line.batch for line in CaseEntry.objects.filter(kind="resolved")} == {done.batch}
    operations.resolve(bob, taken.pk, "fixed")
    with pytest.raises(Conflict):
        operations.act_on_incident(alice, node_down.pk, "resolve", outcome="fixed")


def test_it_goes_to_a_colleague_and_back_to_all(node_down: Incident, alice: Access, bob: Access) -> None:
    operations.claim_incident(alice, node_down.pk)
    operations.assign_incident(alice, node_down.pk, bob.member or 0)
    node_down.refresh_from_db()
    assert node_down.owner_id == bob.member
    with pytest.raises(Conflict):
        operations.release_incident(alice, node_down.pk)
    operations.release_incident(bob, node_down.pk)
    assert set(Case.objects.values_list("status", flat=True)) == {"open"}
    with pytest.raises(NotFound):
        operations.claim_incident(alice, 999)


def test_one_that_does_not_recover_becomes_a_case_of_its_own(
    node_down: Incident, alice: Access, time: Any
) -> None:
    for number in range(3):
        time.advance(timedelta(minutes=1))
        clear(number, number + 1)
    assert operations.mind_incidents() == 0
    time.advance(timedelta(minutes=5))
    assert operations.mind_incidents() == 1
    assert operations.mind_incidents() == 0
    left = Case.objects.get(participant="p-3")
    assert left.apart_at == moment(8)
    assert left.incident_id == node_down.pk
    assert left.claim_by == moment(10)
    assert CaseEntry.objects.filter(case=left, kind="let_go").count() == 1
    node_down.refresh_from_db()
    assert node_down.closed_at == moment(3)
    assert node_down.cleared_at is None


def test_it_closes_when_all_have_recovered_and_opens_again_with_another(
    node_down: Incident, time: Any
) -> None:
    for number in range(4):
        clear(number, 1)
    operations.mind_incidents()
    node_down.refresh_from_db()
    assert node_down.closed_at == moment(1)
    Session.objects.create(key="s-8", title="Late", starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    operations.raise_case(missing(1, session_key="s-8", participant="p-8"))
    assert gather().closed_at is None


def test_one_that_never_was_leaves_no_trace_on_its_cases(node_down: Incident) -> None:
    operations.withdraw_incident("node:eu-2", "instructor_missing", NOON, moment(1))
    assert set(Case.objects.values_list("incident", flat=True)) == {None}
    assert CaseEntry.objects.filter(kind="left_incident").count() == 4
