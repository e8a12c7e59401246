"""`callboard migrate`: bring the database up to this version, at once or in two steps."""

from __future__ import annotations

import json
from pathlib import Path

import click

from callboard.cli import failures, runtime, schema
from callboard.lib import stages


@click.command()
@runtime.data_dir_option
@click.option("--before", is_flag=True, help="Only what processes of the older version can live with.")
@click.option("--check", is_flag=True, help="Change nothing; say what is to be applied.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def migrate(data_dir: Path, before: bool, check: bool, as_json: bool) -> int:
    """Bring the database up to this version, as the role that owns it. Changes nothing when it is.

    Where processes of an older version run on the same database: --before first, then the new version's
    processes beside them, and once the old ones have ended, without it. With --check the exit code is 1
    where something is to be applied (with --before: of that alone).
    """
    with runtime.product(data_dir, migrated=False):
        applied = [] if check else schema.bring_up_to_date(only_before=before)
        pending = schema.pending()
    names = {stage: [stages.name(each) for each in found] for stage, found in vars(pending).items()}
    if as_json:
        print(json.dumps({"applied": applied, "pending": names}))
    else:
        _say(applied, names, check=check)
    lacking = [*names["before"], *names["held"]] if before else any(names.values())
    return failures.FAILED if check and lacking else failures.DONE


def _say(applied: list[str], pending: dict[str, list[str]], *, check: bool) -> None:
    if applied:
        print(f"Applied {_migrations(len(applied))}, the last {applied[-1]}.")
    for stage, words in WORDS.items():
        if pending[stage]:
            print(f"{words}: {', '.join(pending[stage])}.")
    if not any(pending.values()) and (check or not applied):
        print("The database is up to date.")


WORDS = {
    "before": "To be applied before this version runs",
    "after": "To be applied once no older process runs, by callboard migrate",
    "held": "Needed by this version, and to be applied after those alone",
}


def _migrations(count: int) -> str:
    return "1 migration" if count == 1 else f"{count} migrations"
