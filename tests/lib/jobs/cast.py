"""Jobs for the tests of jobs, and a process that runs them (`python -m tests.lib.jobs.cast`)."""

from __future__ import annotations

import os
import time

from django.db import connection, transaction


def declare() -> None:
    """Declare the jobs, once; Django must be up."""
    from procrastinate.contrib.django import app

    from callboard.lib import crash, jobs

    if "tests.slow" in app.tasks:
        return

    @jobs.job(name="tests.slow", retry=False)
    def slow(key: str, seconds: float) -> None:
        time.sleep(seconds)
        with transaction.atomic():
            if jobs.once(key):
                with connection.cursor() as cursor:
                    cursor.execute("INSERT INTO tests_effects VALUES (%s)", [key])
        crash.point("tests.after_effect")

    @jobs.job(name="tests.fails_after_deferring", retry=False)
    def fails_after_deferring(key: str) -> None:
        with transaction.atomic():
            jobs.defer(slow, key=key, seconds=0)
            raise ValueError("on purpose")


def main() -> None:
    """A worker that knows these jobs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callboard.config.settings")
    import django

    django.setup()
    declare()
    from callboard.lib.jobs.worker import run

    run(concurrency=2)


if __name__ == "__main__":
    main()
