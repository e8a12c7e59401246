from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from callboard.lib import facts, jobs
from callboard.lib.tenancy import OutsideTenant, organization_scope


@dataclass(frozen=True, kw_only=True)
class BellRang(facts.Fact):
    room: str
    at: datetime


@jobs.job(name="tests.lib.listen")
def listen(organization: int, fact: dict[str, Any]) -> None: ...


@jobs.job(name="tests.lib.listen_too")
def listen_too(organization: int, fact: dict[str, Any]) -> None: ...


RANG = BellRang(room="7b", at=datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.fixture(autouse=True)
def two_listeners() -> Iterator[None]:
    for task in (listen, listen_too, listen):
        facts.subscribe(BellRang, task)
    yield
    facts._subscribers.pop(BellRang)


@pytest.mark.django_db
def test_each_subscriber_gets_one_job_and_the_whole_fact(organization: Any) -> None:
    with organization_scope(organization.pk):
        facts.publish(RANG)
    told = list(ProcrastinateJob.objects.order_by("id").values_list("task_name", "args"))
    assert [name for name, _ in told] == ["tests.lib.listen", "tests.lib.listen_too"]
    for _, arguments in told:
        assert arguments["organization"] == organization.pk
        assert facts.read(BellRang, arguments["fact"]) == RANG


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_takes_its_facts_with_it(organization: Any) -> None:
    def change_and_fail() -> None:
        with organization_scope(organization.pk):
            facts.publish(RANG)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert not ProcrastinateJob.objects.exists()


def test_a_fact_outside_a_scope_is_a_bug_that_says_so() -> None:
    with pytest.raises(OutsideTenant):
        facts.publish(RANG)


@pytest.mark.django_db(transaction=True)
def test_a_job_outside_a_transaction_is_a_bug_that_says_so() -> None:
    with pytest.raises(jobs.NoTransaction):
        jobs.defer(listen, organization=1, fact={})
