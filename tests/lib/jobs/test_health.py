"""The doctor's eyes on background jobs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from callboard.lib import clock
from callboard.lib.health import State
from callboard.lib.jobs import health

pytestmark = pytest.mark.django_db


def put_in_line(status: str, ago: timedelta, *, scheduled: bool = False) -> None:
    """A job, and the event that made it what it is."""
    at = clock.now() - ago
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, scheduled_at) "
            "VALUES ('rooms', 'a.task', '{}', %s, %s) RETURNING id",
            [status, at if scheduled else None],
        )
        (job,) = cursor.fetchone()
        cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [job])
        kind = "failed" if status == "failed" else "deferred"
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, %s, %s)", [job, kind, at]
        )


def test_no_worker_is_bad_and_a_living_one_is_counted() -> None:
    assert health.workers().state is State.BAD
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')"
        )
        assert health.workers().state is State.BAD
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert health.workers().text == "1 is alive."


@pytest.mark.parametrize("scheduled", [True, False])
def test_a_job_that_is_due_and_waits_is_told_with_its_queue(scheduled: bool) -> None:
    put_in_line("todo", timedelta(minutes=-5), scheduled=True)
    assert [finding.state for finding in health.queues()] == [State.OK]
    put_in_line("todo", timedelta(minutes=1), scheduled=scheduled)
    (found,) = health.queues()
    assert (found.state, found.subject) == (State.WARN, "rooms")
    put_in_line("todo", timedelta(minutes=6), scheduled=scheduled)
    (found,) = health.queues()
    assert (found.state, found.text) == (State.BAD, "2 jobs are due, the oldest for 360 s.")


def test_jobs_given_up_lately_are_told_by_task() -> None:
    put_in_line("failed", timedelta(days=2))
    assert health.failed().state is State.OK
    put_in_line("failed", timedelta(hours=2))
    assert (health.failed().state, "a.task (1)" in health.failed().text) == (State.WARN, True)
