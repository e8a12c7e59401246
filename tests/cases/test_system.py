"""What the system does to cases: one open case per cause, whatever comes and however often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from callboard.cases import operations
from callboard.cases.models import Case, CaseEntry
from callboard.cases.operations import Clear, Raise, Reopen, Withdraw
from callboard.people.access import Access
from callboard.people.models import Person
from callboard.sessions.models import Session
from tests.cases.conftest import NOON, missing

pytestmark = pytest.mark.django_db

Read = Callable[[], Case]


def history(case: Case) -> list[str]:
    return list(CaseEntry.objects.filter(case=case).order_by("pk").values_list("kind", flat=True))


def test_a_raised_case_knows_its_subject_its_queue_and_its_deadline(case: Case, marta: Person) -> None:
    assert case.status == "open"
    assert case.session is not None
    assert case.session.key == "ses_algebra"
    assert case.person_id == marta.pk
    assert case.queue.slug == "live"
    assert case.claim_by == NOON + timedelta(minutes=2)
    assert history(case) == ["raised"]


def test_a_recording_case_goes_to_the_queue_that_names_its_kind(session: Session, time: Any) -> None:
    raised = operations.raise_case(missing(kind="recording_missing", severity="soon", participant=None))
    assert raised is not None
    assert raised.queue.slug == "recordings"
    assert raised.claim_by == NOON + timedelta(minutes=60)


def test_raising_twice_is_raising_once(case: Case) -> None:
    operations.apply([missing(), missing()])
    assert Case.objects.count() == 1
    assert history(case) == ["raised"]


@pytest.mark.parametrize("state", ["open", "claimed", "snoozed"])
def test_a_case_that_clears_is_over_whoever_has_it(case: Case, read: Read, alice: Access, state: str) -> None:
    if state == "claimed":
        operations.claim(alice, case.pk)
    if state == "snoozed":
        operations.snooze(alice, case.pk, NOON + timedelta(minutes=30))
    operations.clear_case(case.occurrence, NOON + timedelta(minutes=1))
    after = read()
    assert (after.status, after.cleared_at) == ("cleared", NOON + timedelta(minutes=1))
    assert after.over_at is not None
    assert history(case)[-1] == "cleared"


def test_clearing_twice_changes_nothing(case: Case, read: Read) -> None:
    moment = NOON + timedelta(minutes=1)
    operations.clear_case(case.occurrence, moment)
    version = read().version
    assert operations.clear_case(case.occurrence, moment) is None
    assert read().version == version


def test_a_resolved_case_stays_resolved_when_its_cause_goes(case: Case, read: Read, alice: Access) -> None:
    operations.resolve(alice, case.pk, "fixed")
    operations.clear_case(case.occurrence, NOON + timedelta(minutes=1))
    after = read()
    assert (after.status, after.outcome) == ("resolved", "fixed")
    assert after.cleared_at is not None


def test_a_resolved_case_never_swallows_a_new_occurrence(case: Case, alice: Access) -> None:
    operations.resolve(alice, case.pk, "fixed")
    again = operations.raise_case(missing(10))
    assert again is not None
    assert again.pk != case.pk
    assert (again.status, again.previous_id) == ("open", case.pk)


def test_evidence_that_moves_a_moment_withdraws_the_case_and_raises_it_anew(case: Case, read: Read) -> None:
    moved = missing(2)
    operations.apply([Withdraw(case.occurrence, NOON + timedelta(minutes=3), "not_so"), moved])
    assert read().status == "withdrawn"
    anew = Case.objects.get(occurrence=moved.occurrence)
    assert (anew.status, anew.previous_id) == ("open", None) or anew.previous_id == case.pk


def test_the_order_of_taking_back_and_raising_within_a_batch_does_not_matter(case: Case, read: Read) -> None:
    moved = missing(2)
    operations.apply([moved, Withdraw(case.occurrence, NOON + timedelta(minutes=3))])
    assert read().status == "withdrawn"
    assert Case.objects.get(occurrence=moved.occurrence).status == "open"


def test_a_standing_case_takes_over_a_new_occurrence_of_its_cause(
    case: Case, read: Read, alice: Access
) -> None:
    operations.claim(alice, case.pk)
    again = missing(10, evidence=["e-2"])
    operations.apply([again])
    assert Case.objects.filter(over_at=None).count() == 1
    assert (read().status, read().occurrence, read().evidence) == ("claimed", again.occurrence, ["e-2"])
    operations.apply([missing()])
    assert read().occurrence == again.occurrence, "what it once was says nothing new"
    operations.clear_case(again.occurrence, NOON + timedelta(minutes=11))
    assert read().status == "cleared"


def test_a_case_that_had_not_cleared_after_all_stands_again_with_its_owner(
    case: Case, read: Read, alice: Access
) -> None:
    operations.claim(alice, case.pk)
    operations.apply([Clear(case.occurrence, NOON + timedelta(minutes=1))])
    operations.apply([Reopen(case.occurrence, NOON + timedelta(minutes=2))])
    after = read()
    assert (after.status, after.owner_id, after.cleared_at) == ("claimed", alice.member, None)
    assert after.over_at is None


def test_a_withdrawn_case_that_is_raised_again_stands_again(case: Case, read: Read) -> None:
    operations.withdraw_case(case.occurrence, NOON + timedelta(minutes=1))
    operations.apply([missing()])
    assert read().status == "open"
    assert history(case) == ["raised", "withdrawn", "reopened"]


def test_a_case_raised_and_cleared_in_one_batch_is_there_and_over(session: Session, time: Any) -> None:
    change = missing()
    operations.apply([change, Clear(change.occurrence, NOON + timedelta(seconds=30))])
    only = Case.objects.get()
    assert only.status == "cleared"
    assert history(only) == ["raised", "cleared"]


def test_what_was_never_raised_cannot_end(session: Session) -> None:
    assert operations.clear_case("nothing", NOON) is None
    assert operations.apply([Withdraw("nothing", NOON), Reopen("nothing", NOON)]) == []


def test_two_things_that_keep_happening_to_one_person_are_two_causes(session: Session, time: Any) -> None:
    drops = missing(0, kind="unstable", details={"of": "dropped"})
    lines = missing(1, kind="unstable", details={"of": "bad_connection"})
    operations.apply([drops, lines])
    assert Case.objects.filter(status="open").count() == 2
    operations.clear_case(drops.occurrence, NOON + timedelta(minutes=2))
    assert Case.objects.get(status="open").details == {"of": "bad_connection"}


def test_a_big_batch_takes_no_more_queries_than_a_small_one(
    session: Session, time: Any, django_assert_max_num_queries: Any
) -> None:
    batch = [
        Raise(
            kind="dropped", severity="soon", raised_at=NOON, noticed_at=NOON,
            session_key="ses_algebra", participant=f"per_{number}",
        )
        for number in range(300)
    ]  # fmt: skip
    operations.all_queues()
    with django_assert_max_num_queries(16):
        operations.apply(batch)
    with django_assert_max_num_queries(16):
        operations.apply([Clear(change.occurrence, NOON) for change in batch])
    assert Case.objects.filter(status="cleared").count() == 300


def test_an_incident_gathers_its_cases_and_lets_them_go(session: Session, case: Case, read: Read) -> None:
    incident = operations.raise_incident("node:eu-2", "instructor_missing", ["ses_algebra"], NOON)
    assert read().incident_id == incident.pk
    assert operations.raise_incident("node:eu-2", "instructor_missing", ["ses_algebra"], NOON) == incident
    cleared = operations.clear_incident("node:eu-2", "instructor_missing", NOON, NOON + timedelta(minutes=4))
    assert cleared is not None
    assert cleared.cleared_at == NOON + timedelta(minutes=4)
    operations.withdraw_incident("node:eu-2", "instructor_missing", NOON, NOON + timedelta(minutes=5))
    assert read().incident_id is None
