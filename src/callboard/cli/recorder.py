"""`callboard recorder`: our own recorder, until told to stop."""

from __future__ import annotations

from pathlib import Path

import click

from callboard.cli import failures, runtime


@click.command()
@runtime.data_dir_option
@click.option("--rooms", type=click.IntRange(1, 500), default=16, show_default=True, help="At once, at most.")
def recorder(data_dir: Path, rooms: int) -> None:
    """Record rooms as a hidden helper, where Callboard's policy wants it."""
    with runtime.product(data_dir, migrated=False) as product:
        from callboard.integrations.recorder.process import run
        from callboard.lib import store

        try:
            run(product.data_dir / "recorder", store.recordings(), rooms=rooms)
        except store.StoreFailed as failure:
            raise failures.Failed(f"The recordings' store cannot be used: {failure}") from failure
