"""Workers as real processes: what they run, and what becomes of the jobs of one that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import transaction
from procrastinate.contrib.django import app

from callboard.lib import jobs
from tests.lib.jobs import cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.killing]

RESUMED_WITHIN = 30.0
STARTED_WITHIN = 30.0

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def effects(owner_connection: psycopg.Connection[Any]) -> Iterator[Callable[[], list[str]]]:
    """A table in which jobs leave their mark, without any key: a job that acts twice is seen twice."""
    owner_connection.execute("CREATE TABLE IF NOT EXISTS tests_effects (key text)")
    yield lambda: sorted(row[0] for row in owner_connection.execute("SELECT key FROM tests_effects"))
    owner_connection.execute("DROP TABLE tests_effects")


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a worker; whichever is left is killed at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(crash_at: str = "") -> subprocess.Popen[bytes]:
        environment = {**os.environ, "CALLBOARD_CRASH_AT": crash_at}
        process = subprocess.Popen([sys.executable, "-m", "tests.lib.jobs.cast"], env=environment)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()


def wait_until(condition: Callable[[], bool], seconds: float) -> float:
    """How long it took; fails when it took longer."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not happen in time"
        time.sleep(0.05)
    return time.monotonic() - began


def put_in_line(name: str, **arguments: Any) -> None:
    cast.declare()
    with transaction.atomic():
        jobs.defer(app.tasks[name], **arguments)


def statuses(connection: psycopg.Connection[Any]) -> list[str]:
    """Of these tests' own jobs; a worker also runs the product's periodic ones."""
    rows = connection.execute(
        "SELECT status::text FROM procrastinate_jobs WHERE task_name LIKE 'tests.%' ORDER BY id"
    )
    return [row[0] for row in rows]


def test_a_killed_workers_job_is_resumed_by_another_within_seconds(
    start: Start, effects: Callable[[], list[str]], owner_connection: psycopg.Connection[Any]
) -> None:
    put_in_line("tests.slow", key="a", seconds=1.5)
    first = start()
    wait_until(lambda: statuses(owner_connection) == ["doing"], STARTED_WITHIN)
    first.send_signal(signal.SIGKILL)
    start()
    assert wait_until(lambda: effects() == ["a"], STARTED_WITHIN) < RESUMED_WITHIN
    wait_until(lambda: statuses(owner_connection) == ["succeeded"], 5.0)


def test_a_worker_killed_between_effect_and_word_does_not_act_twice(
    start: Start, effects: Callable[[], list[str]], owner_connection: psycopg.Connection[Any]
) -> None:
    put_in_line("tests.slow", key="b", seconds=0)
    first = start("tests.after_effect:1")
    assert first.wait(STARTED_WITHIN) == -signal.SIGKILL
    assert (effects(), statuses(owner_connection)) == (["b"], ["doing"])
    start()
    wait_until(lambda: statuses(owner_connection) == ["succeeded"], STARTED_WITHIN)
    assert effects() == ["b"]


def test_jobs_put_in_line_by_a_job_that_fails_are_gone_with_it(
    start: Start, effects: Callable[[], list[str]], owner_connection: psycopg.Connection[Any]
) -> None:
    put_in_line("tests.fails_after_deferring", key="c")
    start()
    wait_until(lambda: statuses(owner_connection) == ["failed"], STARTED_WITHIN)
    assert effects() == []


def test_a_worker_that_is_asked_to_stop_finishes_and_leaves(
    start: Start, effects: Callable[[], list[str]], owner_connection: psycopg.Connection[Any]
) -> None:
    put_in_line("tests.slow", key="d", seconds=1.0)
    worker = start()
    wait_until(lambda: statuses(owner_connection) == ["doing"], STARTED_WITHIN)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10.0) == 0
    assert (effects(), statuses(owner_connection)) == (["d"], ["succeeded"])
    left = owner_connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone()
    assert left == (0,)


def test_a_job_of_a_newer_version_waits_for_a_worker_that_knows_it(
    start: Start, effects: Callable[[], list[str]], owner_connection: psycopg.Connection[Any]
) -> None:
    def told(what: str) -> list[tuple[str, int]]:
        rows = owner_connection.execute(
            "SELECT j.status::text, j.attempts FROM procrastinate_jobs j JOIN procrastinate_events e "
            "ON e.job_id = j.id WHERE j.args ->> 'key' = %s AND e.type IN ('deferred_for_retry', 'failed')",
            [what],
        )
        return [(row[0], row[1]) for row in rows]

    put_in_line("tests.slow", key="new", seconds=0)
    put_in_line("tests.slow", key="forgotten", seconds=0)
    owner_connection.execute("UPDATE procrastinate_jobs SET task_name = 'tests.newer'")
    owner_connection.execute(
        "UPDATE procrastinate_events SET at = now() - interval '7 hours' FROM procrastinate_jobs AS job "
        "WHERE job.id = job_id AND job.args ->> 'key' = 'forgotten'"
    )
    start()
    wait_until(lambda: bool(told("new") and told("forgotten")), STARTED_WITHIN)
    assert told("new")[0] == ("todo", 0), "as if it had not been tried"
    assert told("forgotten") == [("failed", 1)]
    owner_connection.execute(
        "UPDATE procrastinate_jobs SET task_name = 'tests.slow' WHERE args ->> 'key' = 'new'"
    )
    wait_until(lambda: effects() == ["new"], STARTED_WITHIN)


TWIN = """
CREATE FUNCTION tests_twin() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO procrastinate_jobs (queue_name, task_name, args, queueing_lock, scheduled_at)
    VALUES (new.queue_name, new.task_name, '{"key": "twin"}', new.queueing_lock, now() + interval '1 hour');
    RETURN NULL;
END $$;
CREATE TRIGGER tests_twin AFTER UPDATE ON procrastinate_jobs FOR EACH ROW
    WHEN (old.status = 'todo' AND new.status = 'doing' AND new.task_name = 'tests.newer')
    EXECUTE FUNCTION tests_twin();
"""


def test_a_job_of_a_newer_version_gives_way_to_one_of_its_kind_that_came_into_line_meanwhile(
    start: Start, effects: Callable[[], list[str]], owner_connection: psycopg.Connection[Any]
) -> None:
    put_in_line("tests.slow", key="first", seconds=0)
    owner_connection.execute("UPDATE procrastinate_jobs SET task_name = 'tests.newer', queueing_lock = 'one'")
    owner_connection.execute(TWIN)
    try:
        start()
        left = "SELECT args ->> 'key', status::text FROM procrastinate_jobs WHERE task_name = 'tests.newer'"
        wait_until(lambda: owner_connection.execute(left).fetchall() == [("twin", "todo")], STARTED_WITHIN)
    finally:
        owner_connection.execute("DROP FUNCTION tests_twin CASCADE")
