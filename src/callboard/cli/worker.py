"""`callboard worker`: run background jobs until told to stop.

A job that a killed worker held is put back in line by the reaper: workers beat every `HEARTBEAT` seconds,
and one that has missed its beats for `STALLED` seconds has lost its jobs.
"""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path
from typing import Any

import click

from callboard.cli import runtime

HEARTBEAT = 5.0  # seconds
STALLED = 15.0  # seconds
FINISH_WITHIN = 4.0  # seconds for running jobs to end when asked to stop


@click.command()
@runtime.data_dir_option
@click.option("--concurrency", type=click.IntRange(1, 64), default=8, show_default=True)
@click.option("--queue", "queues", multiple=True, help="Only jobs of this queue; may be given several times.")
def worker(data_dir: Path, concurrency: int, queues: tuple[str, ...]) -> None:
    """Run background jobs."""
    with runtime.product(data_dir, migrated=False):
        asyncio.run(_work(concurrency, queues))


async def _work(concurrency: int, queues: tuple[str, ...]) -> None:
    from procrastinate.contrib.django import app

    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector):
        async with app.open_async():
            only: dict[str, Any] = {"queues": queues} if queues else {}
            await app.run_worker_async(
                **only,
                name=f"{socket.gethostname()}-{os.getpid()}",
                concurrency=concurrency,
                fetch_job_polling_interval=2.0,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=STALLED,
                shutdown_graceful_timeout=FINISH_WITHIN,
                delete_jobs="never",
            )
