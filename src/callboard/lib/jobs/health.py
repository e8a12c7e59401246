"""Checks of background jobs: that workers are alive, and that what is due does not wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from callboard.lib import clock
from callboard.lib.health import Check, Finding, bad, ok, warn
from callboard.lib.jobs.reaper import STALLED

LAG_SEEN = timedelta(seconds=30)
LAG_BAD = timedelta(minutes=5)
FAILED_WITHIN = timedelta(days=1)

OLDEST_DUE = """
SELECT queue_name, count(*), min(coalesce(job.scheduled_at, (
    SELECT min(at) FROM procrastinate_events WHERE job_id = job.id AND type = 'deferred')))
FROM procrastinate_jobs AS job
WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= %s)
GROUP BY 1 ORDER BY 1
"""

FAILED = """
SELECT task_name, count(*) FROM procrastinate_jobs AS job
WHERE status = 'failed' AND EXISTS (
    SELECT FROM procrastinate_events WHERE job_id = job.id AND type = 'failed' AND at > %s)
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5
"""


def all_checks() -> tuple[Check, ...]:
    return (
        Check(name="workers", title=lazy("Workers"), look=workers, running=True),
        Check(name="queues", title=lazy("Queues of jobs"), look=queues, running=True),
        Check(name="failed_jobs", title=lazy("Jobs given up"), look=failed),
    )


def workers() -> Finding:
    """At least one beats its heart."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers "
            "WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [STALLED],
        )
        (alive,) = cursor.fetchone()
    if not alive:
        return bad(
            _("None is alive: messages, rooms and recordings wait."),
            _("Start callboard serve, or callboard worker, and see its log if it ends."),
        )
    return ok(ngettext("%(count)s is alive.", "%(count)s are alive.", alive) % {"count": alive})


def queues() -> Iterator[Finding]:
    """How long the oldest job that is due has waited, in each queue."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_DUE, [now])
        rows = cursor.fetchall()
    late = False
    for queue, count, since in rows:
        waited = now - since if since else timedelta(0)
        if waited <= LAG_SEEN:
            continue
        late = True
        words = ngettext(
            "%(count)s job is due, for %(seconds)d s.",
            "%(count)s jobs are due, the oldest for %(seconds)d s.",
            count,
        ) % {"count": count, "seconds": waited.total_seconds()}
        advice = _("Start more workers (callboard worker --queue %(queue)s), and see their logs.") % {
            "queue": queue
        }
        yield (bad if waited > LAG_BAD else warn)(words, advice, subject=queue)
    if not late:
        yield ok(_("Nothing that is due waits."))


def failed() -> Finding:
    """Jobs that were tried again in vain and given up within a day."""
    with connection.cursor() as cursor:
        cursor.execute(FAILED, [clock.now() - FAILED_WITHIN])
        rows = cursor.fetchall()
    if not rows:
        return ok(_("None within a day."))
    told = ", ".join(f"{task} ({count})" for task, count in rows)
    return warn(
        _("Within a day: %(tasks)s.") % {"tasks": told},
        _("The worker's log has the error of each. Their effects did not happen."),
    )
