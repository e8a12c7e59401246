"""What this process has answered, for `/metrics`: how many requests, and how long they took.

By route and not by address, and of no tenant. The seconds are those until the answer begins, which for a
stream is not its end.
"""

from __future__ import annotations

from prometheus_client import Counter, Histogram

NONE = "(none)"
"""What matched no route."""

requests = Counter(
    "callboard_requests",
    "Requests that this process answered, by what became of them; those of machines that watch left out.",
    ("method", "route", "status"),
    registry=None,
)
seconds = Histogram(
    "callboard_request_seconds",
    "How long this process took to answer them, by the first part of their route.",
    ("part",),
    registry=None,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count(method: str, route: str, status: int, took: float) -> None:
    """One request. A method that there is none of is told as "other": whoever asks may make it up."""
    requests.labels(method if method in METHODS else "other", route or NONE, str(status)).inc()
    first = route.partition("/")[0] if route else NONE
    seconds.labels("pages" if "<" in first or not first else first).observe(took)
