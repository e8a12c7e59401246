"""`callboard engine`: run the live engine until told to stop."""

from __future__ import annotations

from pathlib import Path

import click

from callboard.cli import runtime


@click.command()
@runtime.data_dir_option
def engine(data_dir: Path) -> None:
    """Run the live engine: read the event log, judge, raise cases."""
    with runtime.product(data_dir, migrated=False):
        from callboard.live.runner import run

        run()
