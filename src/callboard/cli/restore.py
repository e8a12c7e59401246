"""`callboard restore`: a backup into an empty database, and nothing else works on it until it is whole.

1. The whole file is read and held against its manifest. Cut, changed or of a newer version: nothing happens.
2. The database is marked. From here on anything else refuses to start on it; killed, restore is run again.
3. Tables and rows, in one transaction; they are counted; then keys, indexes and policies, in another.
4. The schema is brought to this version. Recordings go back to their store, where the file has them.
5. Erasures are applied again. 6. The mark goes.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import IO

import click

from callboard.cli import failures, runtime, schema
from callboard.lib import crash
from callboard.lib.backups import after, archive, dump
from callboard.lib.postgres.errors import DatabaseUnavailable
from callboard.lib.postgres.home import Home
from callboard.lib.postgres.provision import database


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--erasures",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A list of erasures kept elsewhere, to be applied too.",
)
@click.option("--check", "only_check", is_flag=True, help="Only say whether the file is whole, and of what.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@runtime.data_dir_option
def restore(file: Path, erasures: Path | None, only_check: bool, as_json: bool, data_dir: Path) -> None:
    """Restore FILE into a database that is empty."""
    with tempfile.TemporaryDirectory(prefix="callboard-restore-") as folder:
        try:
            manifest, genuine = _read(file, Path(folder))
            if only_check:
                runtime.configure_django()
                _check_version(file, manifest)
                _say(manifest, {}, genuine=genuine, as_json=as_json, done="is whole")
                return
            steps = _restore(data_dir.expanduser().absolute(), file, Path(folder), manifest, erasures)
        except archive.BadBackup as error:
            raise failures.BadInput(str(error), code="bad_backup") from error
        except DatabaseUnavailable as error:
            raise failures.Failed(str(error), code="restore_failed") from error
        _say(manifest, steps, genuine=genuine, as_json=as_json, done="is restored")


def _restore(
    data_dir: Path, file: Path, folder: Path, manifest: archive.Manifest, erasures: Path | None
) -> dict[str, int]:
    """Into the database; answers what was applied again, and to how many."""
    with database(data_dir) as logins:
        _keep_key(data_dir, manifest)
        runtime.start(data_dir, logins)
        _check_version(file, manifest)
        if not dump.is_empty(logins.owner):
            raise failures.BadInput(
                "The database is not empty, and a restore replaces nothing. Give another --data-dir, or an "
                "empty database.",
                code="not_empty",
            )
        dump.begin(logins.owner)
        dump.load(logins.owner, folder / archive.DATABASE, manifest.rows, folder / "list")
        crash.point("restore.after_rows")
        schema.bring_up_to_date()
        _put_back_recordings(file, manifest)
        steps = after.run(after.Restored(datetime.fromisoformat(manifest.taken_at), erasures))
        dump.end(logins.owner)
    return steps


def _read(file: Path, folder: Path) -> tuple[archive.Manifest, bool | None]:
    """The manifest of a file that is whole; the dump lies in `folder`. And whether our key sealed it."""

    def keep(name: str, source: IO[bytes]) -> None:
        if name == archive.DATABASE:
            with (folder / archive.DATABASE).open("wb") as out:
                shutil.copyfileobj(source, out, archive.CHUNK)

    manifest, text, seal = archive.read(file, keep)
    key = os.environ.get("CALLBOARD_SECRET_KEY") or manifest.secret_key
    if not key:
        return manifest, None
    genuine = archive.sealed_by(key, text, seal)
    if archive.fingerprint(key) == manifest.key and not genuine:
        raise archive.BadBackup(f"{file.name} was changed: its seal is not that of its key.")
    return manifest, genuine


def _check_version(file: Path, manifest: archive.Manifest) -> None:
    """Raises BadBackup where a newer Callboard took it."""
    newer = sorted(set(manifest.migrations) - _known_migrations())
    if newer:
        raise archive.BadBackup(
            f"{file.name} was taken by Callboard {manifest.version}, which is newer: this one does not know "
            f"{newer[0]}. Install that version, or a later one."
        )


def _known_migrations() -> set[str]:
    """Of this version, and those that a later one of it replaces."""
    from django.db.migrations.loader import MigrationLoader

    known: set[str] = set()
    for (app, name), migration in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items():
        known.add(f"{app}.{name}")
        known |= {f"{app}.{name}" for app, name in migration.replaces}
    return known


def _keep_key(data_dir: Path, manifest: archive.Manifest) -> None:
    """Take up the key that came along, unless the environment has one."""
    if manifest.secret_key and not os.environ.get("CALLBOARD_SECRET_KEY"):
        home = Home(data_dir)
        home.make()
        with home.locked():
            home.keep_secret("secret_key", manifest.secret_key)


def _put_back_recordings(file: Path, manifest: archive.Manifest) -> None:
    if not any(name.startswith(archive.RECORDINGS) for name in manifest.parts):
        return
    from callboard.lib import store

    held = store.recordings()

    def keep(name: str, source: IO[bytes]) -> None:
        if name.startswith(archive.RECORDINGS):
            with tempfile.NamedTemporaryFile(prefix="callboard-recording-") as copy:
                shutil.copyfileobj(source, copy, archive.CHUNK)
                copy.flush()
                held.put(name.removeprefix(archive.RECORDINGS), Path(copy.name))

    try:
        archive.read(file, keep)
    except store.StoreFailed as error:
        raise failures.Failed(f"The recordings' store failed: {error}", code="store") from error


def _say(
    manifest: archive.Manifest, steps: dict[str, int], *, genuine: bool | None, as_json: bool, done: str
) -> None:
    rows, parts = sum(manifest.rows.values()), len(manifest.parts) - 1
    if as_json:
        document = {
            "taken_at": manifest.taken_at,
            "version": manifest.version,
            "rows": rows,
            "recordings": parts,
            "sealed_by_this_key": genuine,
            "applied_again": steps,
        }
        print(json.dumps(document))
        return
    print(f"The backup of {manifest.taken_at}, by Callboard {manifest.version}, {done}.")
    print(f"{rows} rows, {parts} recordings.")
    for name, count in steps.items():
        print(f"{name}: applied again to {count}.")
    if not genuine:
        print(
            "It was sealed with another key than this installation's. Where that was yours, give it as "
            "CALLBOARD_SECRET_KEY_FALLBACKS: without it servers' secrets and one-time codes do not open."
        )
