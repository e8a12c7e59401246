"""Background jobs, on the same database as everything else, so that a change and its job commit together.

A job is a plain function of JSON values, declared with `@job`, put in line with `defer` inside the
transaction of its cause, and run at least once: it must be right to run it twice (`once` helps).

Owns also the process that runs them (`worker`), and what puts a killed worker's jobs back in line within
seconds (`reaper`), which Procrastinate leaves to its users.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

import msgspec
from django.db import connection, transaction
from procrastinate import BaseRetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager
from procrastinate.tasks import Task

from callboard.lib import clock
from callboard.lib.jobs.retries import PATIENT, PERSISTENT

P = ParamSpec("P")
R = TypeVar("R")

__all__ = [
    "PATIENT",
    "PERSISTENT",
    "NoTransaction",
    "defer",
    "defer_many",
    "in_line",
    "job",
    "once",
    "once_many",
]


_on_djangos_connection = JobManager(DjangoConnector())


class NoTransaction(RuntimeError):
    """A job or fact was put in line outside the transaction of its cause: a bug in the caller."""


def job(
    *, queue: str = "default", retry: BaseRetryStrategy | int | bool = PATIENT, name: str | None = None
) -> Callable[[Callable[P, R]], Task[P, R, P]]:
    """Declare a background job. Its name defaults to the function's module and name."""

    def declare(function: Callable[P, R]) -> Task[P, R, P]:
        label = name or f"{function.__module__}.{function.__name__}"
        return app.task(name=label, queue=queue, retry=retry)(function)

    return declare


def defer(
    task: Task[Any, Any, Any],
    /,
    *,
    at: datetime | None = None,
    lock: str | None = None,
    queueing_lock: str | None = None,
    **arguments: Any,
) -> int:
    """Put one job in line, in the open transaction; answers its id. Jobs of one `lock` run one at a time."""
    if not transaction.get_connection().in_atomic_block:
        raise NoTransaction("defer needs the transaction of the change that causes the job")
    return _deferrer(task, schedule_at=at, lock=lock, queueing_lock=queueing_lock).defer(**arguments)


def defer_many(task: Task[Any, Any, Any], arguments: Sequence[dict[str, Any]], /) -> list[int]:
    """Put many jobs of one task in line at once, in the open transaction; answers their ids."""
    if not transaction.get_connection().in_atomic_block:
        raise NoTransaction("defer_many needs the transaction of the change that causes the jobs")
    return _deferrer(task).batch_defer(*arguments) if arguments else []


def _deferrer(task: Task[Any, Any, Any], **options: Any) -> JobDeferrer:
    """One that writes on Django's own connection, always.

    Within a worker the task's own would write on the worker's connections instead, so that a job which fails
    would leave behind the jobs that it put in line.
    """
    deferrer = task.configure(**options)
    deferrer.job_manager = _on_djangos_connection
    return deferrer


def in_line(task: Task[Any, Any, Any], /, **arguments: Any) -> bool:
    """Whether a job of this task that was given these arguments waits, or is at work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = %s "
            "AND status IN ('todo', 'doing') AND args @> %s::jsonb)",
            [task.name, msgspec.json.encode(arguments).decode()],
        )
        return bool(cursor.fetchone()[0])


def once(key: str) -> bool:
    """Whether this is the first time that the key is spent: to be asked in the transaction of an effect.

    A job runs at least once; an effect that is guarded so, and commits with the answer, happens once. A
    second run waits for the first to commit or fail. Keys hold ids, no names, and are kept 30 days.
    """
    return bool(once_many([key]))


def once_many(keys: Collection[str]) -> set[str]:
    """Those of the keys that are spent for the first time, as `once`, in one statement."""
    if not transaction.get_connection().in_atomic_block:
        raise NoTransaction("once needs the transaction of the effect that it guards")
    if not keys:
        return set()
    with connection.cursor() as cursor:
        # In order, so that two who spend some of the same wait for each other in turn, and not in a circle.
        cursor.execute(
            "INSERT INTO callboard_jobs_done (key, at) SELECT key, %s FROM unnest(%s::text[]) AS key "
            "ORDER BY key ON CONFLICT DO NOTHING RETURNING key",
            [clock.now(), list(keys)],
        )
        return {key for (key,) in cursor.fetchall()}
