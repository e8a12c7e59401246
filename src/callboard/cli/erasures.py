"""`callboard erasures`: the list of who was erased, ids alone, to be kept where no backup is."""

from __future__ import annotations

from pathlib import Path

import click

from callboard.cli import failures, runtime


@click.command()
@runtime.data_dir_option
def erasures(data_dir: Path) -> None:
    """Print the list of erasures, one JSON object a line: what `callboard restore --erasures` reads."""
    with runtime.product(data_dir, migrated=False):
        from callboard.lib.backups import erasures as ledger
        from callboard.lib.store import StoreFailed

        try:
            for line in ledger.lines(ledger.kept()):
                print(line)
        except (StoreFailed, ledger.BadList) as error:
            raise failures.Failed(str(error), code="store") from error
