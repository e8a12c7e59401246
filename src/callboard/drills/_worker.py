"""`callboard worker` as a victim: the same worker, with the drill's provider and its own kind of job."""

from __future__ import annotations

import os
import time

from django.db import connection, transaction

from callboard.drills._frame import say_ready
from callboard.drills._ledger import LedgerProvider
from callboard.lib import crash, jobs
from callboard.sessions.ports import providers

TASK = "drill.effect"
PROVIDER = "drill"


def declare() -> None:
    """Declare the drill's job and provider; Django must be up."""
    from procrastinate.contrib.django import app

    providers.register(PROVIDER, LedgerProvider())
    if TASK in app.tasks:
        return

    @jobs.job(name=TASK)
    def effect(key: str, seconds: float) -> None:
        time.sleep(seconds)
        with transaction.atomic():
            if jobs.once(key):
                with connection.cursor() as cursor:
                    cursor.execute("INSERT INTO drill_effects (key) VALUES (%s)", [key])
            crash.point("drill.in_effect")


def main() -> None:
    """Run it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callboard.config.settings")
    import django

    django.setup()
    declare()
    from callboard.lib.jobs.worker import run

    say_ready()
    run(concurrency=4)


if __name__ == "__main__":
    main()
