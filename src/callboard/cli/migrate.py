"""`callboard migrate`: bring the database up to this version."""

from __future__ import annotations

import json
from pathlib import Path

import click

from callboard.cli import runtime, schema


@click.command()
@runtime.data_dir_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def migrate(data_dir: Path, as_json: bool) -> None:
    """Bring the database up to this version, as the role that owns it. Changes nothing when it is."""
    with runtime.product(data_dir, migrated=False):
        applied = schema.bring_up_to_date()
    if as_json:
        print(json.dumps({"applied": applied}))
    elif applied:
        print(f"Applied {len(applied)} migrations, the last {applied[-1]}.")
    else:
        print("The database is up to date.")
