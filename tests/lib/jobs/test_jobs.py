"""Putting jobs in line belongs to the transaction of their cause; an effect's key is spent once."""

from __future__ import annotations

import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from callboard.lib import jobs
from callboard.lib.jobs.retries import Persistent
from tests.lib.jobs import cast


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_put_in_line() -> None:
    cast.declare()
    with pytest.raises(jobs.NoTransaction):
        jobs.defer(app.tasks["tests.slow"], key="a", seconds=0)
    with pytest.raises(jobs.NoTransaction):
        jobs.defer_many(app.tasks["tests.slow"], [{"key": "a", "seconds": 0}])
    with pytest.raises(jobs.NoTransaction):
        jobs.once("a")
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db
def test_many_jobs_are_put_in_line_at_once() -> None:
    cast.declare()
    made = jobs.defer_many(app.tasks["tests.slow"], [{"key": str(n), "seconds": 0} for n in range(50)])
    assert len(set(made)) == 50
    assert jobs.defer_many(app.tasks["tests.slow"], []) == []


@pytest.mark.django_db(transaction=True)
def test_a_key_is_spent_once_and_given_back_when_its_effect_fails() -> None:
    with transaction.atomic():
        assert jobs.once("k")
        transaction.set_rollback(True)
    with transaction.atomic():
        assert jobs.once("k")
    with transaction.atomic():
        assert not jobs.once("k")


@pytest.mark.django_db
def test_of_many_keys_those_are_answered_that_are_spent_for_the_first_time() -> None:
    assert jobs.once("b")
    assert jobs.once_many(["c", "b", "a", "a"]) == {"a", "c"}
    assert jobs.once_many(["a", "b", "c"]) == set()
    assert jobs.once_many([]) == set()


def test_what_must_come_to_pass_is_tried_for_ever_at_most_a_minute_apart() -> None:
    class Job:
        attempts = 500

    decision = Persistent().get_retry_decision(exception=ValueError(), job=Job())  # type: ignore[arg-type]
    assert decision.retry_at is not None
