"""`callboard worker`: run background jobs until told to stop."""

from __future__ import annotations

from pathlib import Path

import click

from callboard.cli import runtime


@click.command()
@runtime.data_dir_option
@click.option("--concurrency", type=click.IntRange(1, 64), default=8, show_default=True)
@click.option("--queue", "queues", multiple=True, help="Only jobs of this queue; may be given several times.")
def worker(data_dir: Path, concurrency: int, queues: tuple[str, ...]) -> None:
    """Run background jobs, and put those of killed workers back in line."""
    with runtime.product(data_dir, migrated=False):
        from callboard.lib.jobs.worker import run

        run(concurrency=concurrency, queues=queues)
