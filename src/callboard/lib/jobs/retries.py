"""How often and how soon a job that failed is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procrastinate import BaseRetryStrategy, RetryDecision, RetryStrategy

if TYPE_CHECKING:
    from procrastinate.jobs import Job

PATIENT = RetryStrategy(max_attempts=25, exponential_wait=2)
"""Retried ever more slowly, and given up at last; for what may be overtaken by events."""


class Persistent(BaseRetryStrategy):
    """Never given up: after 1, 2, 4, ... seconds, at most `most`. Its user says when it is over."""

    def __init__(self, most: int = 60) -> None:
        self._most = most

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:  # noqa: ARG002
        return RetryDecision(retry_in={"seconds": min(2 ** min(job.attempts, 16), self._most)})


PERSISTENT = Persistent()
"""For what must come to pass, such as a session's room."""
