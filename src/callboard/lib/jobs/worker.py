"""The process that runs background jobs: Procrastinate's worker, its presence, and the reaper beside it.

`callboard worker` is this. Jobs are plain functions and run in threads; each thread keeps its own database
connection, looked after as Django does round a request.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from django.db import connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.db_cleanup import close_db_connections

from callboard.lib import crash, logs, tracing
from callboard.lib.jobs import reaper
from callboard.lib.jobs.beside import WorkerBeside

CONCURRENCY = 8
POLL_EVERY = 1.0  # seconds; new jobs are announced, those that are due or back in line are found by polling
FINISH_WITHIN = 3.0  # seconds for running jobs to end when asked to stop; what is left, the reaper gives back

stopping = threading.Event()
"""Set while the worker is asked to stop: for jobs that last, so that they end in time."""

log = logging.getLogger(__name__)


def run(*, concurrency: int = CONCURRENCY, queues: Sequence[str] = ()) -> None:
    """Run jobs until SIGINT or SIGTERM; of these queues alone where some are given."""
    tracing.start("worker")
    asyncio.run(work(concurrency=concurrency, queues=queues, heed_signals=True))


async def work(
    stop: asyncio.Event | None = None,
    *,
    concurrency: int = CONCURRENCY,
    queues: Sequence[str] = (),
    heed_signals: bool = False,
) -> None:
    """Run jobs until `stop` is set (or a signal comes, where heeded). Raises what ends the worker unasked."""
    stop = stop or asyncio.Event()
    stopping.clear()
    if heed_signals:
        for signum in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as ours:
        async with ours.open_async():
            worker = _worker(ours, concurrency, queues)
            running = asyncio.create_task(worker.run(), name="worker")  # type: ignore[no-untyped-call]
            beside = asyncio.create_task(_be_present(worker), name="presence")
            asked = asyncio.create_task(stop.wait(), name="stop")
            await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
            stopping.set()
            worker.stop()  # type: ignore[no-untyped-call]
            try:
                await running
            finally:
                for task in (beside, asked):
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await task


def _worker(ours: Any, concurrency: int, queues: Sequence[str]) -> WorkerBeside:
    return WorkerBeside(
        ours,
        queues=list(queues) or None,
        name=f"{socket.gethostname()}-{os.getpid()}",
        concurrency=concurrency,
        fetch_job_polling_interval=POLL_EVERY,
        shutdown_graceful_timeout=FINISH_WITHIN,
        install_signal_handlers=False,
        update_heartbeat_interval=reaper.HEARTBEAT,
        stalled_worker_timeout=2 * reaper.STALLED,
        task_middleware=[close_db_connections, _crash_points],
    )


def _crash_points(call_next: Callable[[], Any], context: Any, _worker: Any) -> Any:
    """Where a drill may kill a worker: before a job, and between its effect and the word that it is done.

    What is logged meanwhile says which job it is about.
    """
    crash.point("jobs.before_effect")
    job = context.job
    with logs.about(f"job_{job.id}"), tracing.span(job.task_name, **{"callboard.about": f"job_{job.id}"}):
        result = call_next()
    crash.point("jobs.after_effect")
    return result


async def _be_present(worker: WorkerBeside) -> None:
    """Hold our own lock, and look for workers that have lost theirs; connecting anew when that is lost."""
    settle = 0.0
    outage = logs.Outage(log, "the reaper lost its connection")
    while True:
        try:
            connection = await psycopg.AsyncConnection.connect(_conninfo(), autocommit=True)
            outage.over()
            async with connection:
                await _keep_looking(worker, connection, settle)
        except psycopg.Error as error:
            outage.failed(error)
        settle = reaper.SETTLE
        await asyncio.sleep(0.5)


async def _keep_looking(
    worker: WorkerBeside, connection: psycopg.AsyncConnection[Any], settle: float
) -> None:
    while worker.worker_id is None:
        await asyncio.sleep(0.02)
    await connection.execute("SELECT pg_advisory_lock(%s, %s::int)", [reaper.CLASS, worker.worker_id])
    await asyncio.sleep(settle)
    while True:
        await reaper.look(connection)
        await asyncio.sleep(reaper.LOOK_EVERY)


def _conninfo() -> str:
    """Where Django's own connection goes."""
    parameters = connections["default"].get_connection_params()
    keep = {"dbname", "user", "password", "host", "port"}
    return psycopg.conninfo.make_conninfo(
        "", **{name: value for name, value in parameters.items() if name in keep and value}
    )
