"""Background jobs, on the same database as everything else, so that a change and its job commit together.

A job is a plain function of JSON values, declared with `@job`, put in line with `defer` inside the
transaction of its cause, and run at least once: it must be right to run it twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.tasks import Task

P = ParamSpec("P")
R = TypeVar("R")

PATIENT = RetryStrategy(max_attempts=25, exponential_wait=2)
"""Retried for about a day, ever more slowly; for what must come to pass."""


class NoTransaction(RuntimeError):
    """A job or fact was put in line outside the transaction of its cause: a bug in the caller."""


def job(
    *, queue: str = "default", retry: RetryStrategy | int | bool = PATIENT, name: str | None = None
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
    return task.configure(schedule_at=at, lock=lock, queueing_lock=queueing_lock).defer(**arguments)
