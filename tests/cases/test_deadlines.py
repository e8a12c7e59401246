"""What time does to cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from callboard.cases import operations
from callboard.cases.models import Case, CaseEntry
from callboard.cases.tasks import mind_deadlines
from callboard.people.access import Access
from tests.cases.conftest import NOON

pytestmark = pytest.mark.django_db

Read = Callable[[], Case]


def test_a_claimed_case_that_rots_comes_back(case: Case, alice: Access, time: Any, read: Read) -> None:
    operations.claim(alice, case.pk)
    time.advance(timedelta(minutes=14))
    assert operations.mind_deadlines().returned == 0
    time.advance(timedelta(minutes=1))
    assert operations.mind_deadlines().returned == 1
    after = read()
    assert (after.status, after.owner_id) == ("open", None)
    assert after.claim_by == NOON + timedelta(minutes=17)
    assert CaseEntry.objects.get(kind="returned").data == {"owner": alice.member}


def test_a_snoozed_case_wakes(case: Case, alice: Access, time: Any, read: Read) -> None:
    operations.snooze(alice, case.pk, NOON + timedelta(minutes=30))
    assert operations.mind_deadlines().woken == 0
    time.advance(timedelta(minutes=30))
    assert operations.mind_deadlines().woken == 1
    assert (read().status, read().owner_id, read().snoozed_until) == ("open", None, None)


def test_a_case_that_nobody_claims_is_called_overdue_once(case: Case, time: Any, read: Read) -> None:
    time.advance(timedelta(minutes=3))
    assert operations.mind_deadlines().overdue == 1
    assert operations.mind_deadlines().overdue == 0
    assert read().status == "open"
    assert CaseEntry.objects.filter(kind="overdue").count() == 1


def test_the_job_enters_every_organization(case: Case, time: Any, other_organization: Any) -> None:
    time.advance(timedelta(minutes=3))
    mind_deadlines(0)
    assert CaseEntry.objects.filter(kind="overdue").count() == 1
