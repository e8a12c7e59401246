"""Who is dead and who is not, and what becomes of the jobs of the dead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from callboard.lib import clock
from callboard.lib.jobs import reaper, tasks
from callboard.lib.jobs.models import Done
from tests.support.database import Place

pytestmark = pytest.mark.django_db(transaction=True)

Connection = psycopg.Connection[Any]


@pytest.fixture
def look(database_place: Place) -> Callable[[], int]:
    """One look of a reaper, as the application's role."""

    async def once() -> int:
        async with await psycopg.AsyncConnection.connect(
            database_place.logins.app, autocommit=True
        ) as connection:
            return await reaper.look(connection)

    def run(work: Callable[[], Coroutine[Any, Any, int]] = once) -> int:
        return asyncio.run(work())

    return run


def worker(connection: Connection, heard: float) -> int:
    """A registered worker, last heard of so many seconds ago."""
    row = connection.execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) "
        "VALUES (now() - make_interval(secs => %s)) RETURNING id",
        [heard],
    ).fetchone()
    assert row is not None
    return int(row[0])


def job_of(connection: Connection, worker_id: int | None) -> int:
    """A job that it runs."""
    row = connection.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id) "
        "VALUES ('q', 't', 'doing', %s) RETURNING id",
        [worker_id],
    ).fetchone()
    assert row is not None
    return int(row[0])


def status(connection: Connection, job: int) -> tuple[str, int]:
    row = connection.execute(
        "SELECT status::text, attempts FROM procrastinate_jobs WHERE id = %s", [job]
    ).fetchone()
    assert row is not None
    return row[0], row[1]


@contextmanager
def present(place: Place, worker_id: int) -> Iterator[None]:
    """The worker's lock is held, on a connection of its own."""
    with psycopg.connect(place.logins.app, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s, %s::int)", [reaper.CLASS, worker_id])
        yield


def test_a_worker_without_its_lock_is_dead_and_its_job_goes_back(
    owner_connection: Connection, look: Callable[[], int]
) -> None:
    dead = worker(owner_connection, reaper.GRACE + 1)
    job = job_of(owner_connection, dead)
    assert look() == 1
    assert status(owner_connection, job) == ("todo", 1)
    assert owner_connection.execute("SELECT id FROM procrastinate_workers").fetchall() == []


def test_a_worker_that_holds_its_lock_lives(
    owner_connection: Connection, database_place: Place, look: Callable[[], int]
) -> None:
    living = worker(owner_connection, reaper.GRACE + 1)
    job = job_of(owner_connection, living)
    with present(database_place, living):
        assert look() == 0
    assert status(owner_connection, job) == ("doing", 0)


def test_a_worker_that_has_just_registered_has_time_to_take_its_lock(
    owner_connection: Connection, look: Callable[[], int]
) -> None:
    job_of(owner_connection, worker(owner_connection, 0))
    assert look() == 0


def test_a_worker_without_a_heartbeat_is_dead_whatever_its_lock_says(
    owner_connection: Connection, database_place: Place, look: Callable[[], int]
) -> None:
    vanished = worker(owner_connection, reaper.STALLED + 1)
    job_of(owner_connection, vanished)
    with present(database_place, vanished):
        assert look() == 1


def test_a_job_that_runs_for_nobody_goes_back(owner_connection: Connection, look: Callable[[], int]) -> None:
    job = job_of(owner_connection, None)
    assert look() == 1
    assert status(owner_connection, job)[0] == "todo"
    assert look() == 0


def test_a_job_of_which_one_may_wait_goes_where_another_is_in_line(
    owner_connection: Connection, look: Callable[[], int]
) -> None:
    dead = worker(owner_connection, reaper.GRACE + 1)
    other, twins = job_of(owner_connection, dead), [job_of(owner_connection, dead) for _ in range(2)]
    owner_connection.execute(
        "UPDATE procrastinate_jobs SET queueing_lock = 'only', lock = 'only' WHERE id = %s", [twins[0]]
    )
    owner_connection.execute("UPDATE procrastinate_jobs SET queueing_lock = 'pair' WHERE id = %s", [twins[1]])
    pair = job_of(owner_connection, dead)
    owner_connection.execute("UPDATE procrastinate_jobs SET queueing_lock = 'pair' WHERE id = %s", [pair])
    row = owner_connection.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, lock) "
        "VALUES ('q', 't', 'only', 'only') RETURNING id"
    ).fetchone()
    assert row is not None
    assert look() == 2
    left = owner_connection.execute("SELECT id, status::text FROM procrastinate_jobs ORDER BY id").fetchall()
    assert left == [(other, "todo"), (twins[1], "todo"), (row[0], "todo")]


def test_keys_and_jobs_of_long_ago_are_tidied_away(owner_connection: Connection) -> None:
    Done.objects.create(key="old", at=clock.now() - tasks.KEYS_KEPT - timedelta(days=1))
    Done.objects.create(key="new", at=clock.now())
    old, new = (job_of(owner_connection, None) for _ in range(2))
    owner_connection.execute("UPDATE procrastinate_jobs SET status = 'succeeded'")
    owner_connection.execute(
        "UPDATE procrastinate_events SET at = at - interval '9 days' WHERE job_id = %s", [old]
    )
    tasks.tidy(0)
    assert list(Done.objects.values_list("key", flat=True)) == ["new"]
    assert owner_connection.execute("SELECT id FROM procrastinate_jobs").fetchall() == [(new,)]
