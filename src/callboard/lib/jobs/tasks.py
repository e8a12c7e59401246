"""Background jobs about background jobs."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from procrastinate.contrib.django import app

from callboard.lib import clock
from callboard.lib.jobs import job
from callboard.lib.jobs.models import Done

JOBS_KEPT = timedelta(days=3)
KEYS_KEPT = timedelta(days=30)
AT_ONCE = 20_000

TIDY = """
DELETE FROM procrastinate_jobs WHERE id IN (
    SELECT id FROM procrastinate_jobs AS job
    WHERE status = 'succeeded'
      AND (SELECT max(at) FROM procrastinate_events WHERE job_id = job.id) < %s
    ORDER BY id LIMIT %s)
"""


@app.periodic(cron="17 * * * *", periodic_id="jobs.tidy")
@job(retry=False, name="callboard.lib.jobs.tasks.tidy")
def tidy(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Every hour: jobs done days ago go, and keys of effects that nobody can repeat any more."""
    with connection.cursor() as cursor:
        cursor.execute(TIDY, [clock.now() - JOBS_KEPT, AT_ONCE])
    Done.objects.filter(at__lt=clock.now() - KEYS_KEPT).delete()
