"""A worker beside workers of a newer version: what only those know is theirs.

While two versions run on one database, a job that the newer one put in line may come to a worker of the
older. Procrastinate would give it up as unknown, and the work would be lost with it. This one puts it back in
line, as if it had not been tried, until a worker takes it that knows it; unless another of its kind, of which
only one may wait, is in line already. After `FOR_HOURS` it is given up: by then no upgrade is under way, and
what nobody knows is a fault that must be seen.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from procrastinate.worker import Worker

if TYPE_CHECKING:
    from procrastinate.job_context import JobContext

AGAIN_IN = 5  # seconds
FOR_HOURS = 6

PUT_BACK = """
WITH back AS (
    UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL,
        scheduled_at = now() + make_interval(secs => %(again_in)s)
    WHERE id = %(job)s AND status = 'doing' AND EXISTS (
        SELECT FROM procrastinate_events AS event
        WHERE event.job_id = %(job)s AND event.type = 'deferred'
          AND event.at > now() - make_interval(hours => %(hours)s))
    RETURNING id
)
SELECT count(*) AS count FROM back
"""

log = logging.getLogger(__name__)


class WorkerBeside(Worker):
    """Gives back what it does not know."""

    async def _process_job(self, context: JobContext) -> None:
        job = context.job
        if job.task_name not in self.app.tasks:
            try:
                found = await self.app.connector.execute_query_one_async(
                    PUT_BACK, job=job.id, again_in=AGAIN_IN, hours=FOR_HOURS
                )
            except UniqueViolation:
                await self.app.job_manager.finish_job(job, Status.SUCCEEDED, delete_job=True)
                return
            if found["count"]:
                log.warning("job %s is for a worker of another version: %s", job.id, job.task_name)
                return
        await super()._process_job(context)
