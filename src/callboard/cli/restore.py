"""`callboard restore`: a backup into an empty database, and nothing else works on it until it is whole.

1. The whole file is read and held against its manifest. Cut, changed, of a newer version, or into a database
   that is not empty: nothing happens.
2. The key that came along is kept, and the database marked. From here on anything else refuses to start on
   it; killed, restore is run again.
3. Tables and rows, in one transaction; they are counted; then keys, indexes and policies, in another.
4. The schema is brought to this version. Recordings go back to their store, where the file has them.
5. Jobs that somebody was at when the backup was taken wait again. Erasures are applied again, and what was
   announced as to be deleted is announced anew.
6. The mark goes.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import click

from callboard.cli import failures, runtime, schema
from callboard.lib import crash, environment
from callboard.lib.backups import after, archive, dump
from callboard.lib.backups import erasures as ledger
from callboard.lib.jobs import reaper
from callboard.lib.postgres import checks
from callboard.lib.postgres.errors import DatabaseUnavailable
from callboard.lib.postgres.home import Home


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--erasures",
    type=click.Path(exists=True, path_type=Path),
    help="A list of erasures kept elsewhere, to be applied too: a file, or a folder of such.",
)
@click.option("--check", "only_check", is_flag=True, help="Only say whether the file is whole, and of what.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@runtime.data_dir_option
def restore(file: Path, erasures: Path | None, only_check: bool, as_json: bool, data_dir: Path) -> None:
    """Restore FILE into a database that is empty."""
    data_dir = data_dir.expanduser().absolute()
    runtime.refuse_unsafe()
    try:
        if erasures is not None:
            ledger.read(erasures)  # one that cannot be read is refused before anything is done
        manifest, text, seal = archive.read(file)
        taken_up = _take_up_key(data_dir, manifest)
        genuine = _is_genuine(file, manifest, text, seal)
        if only_check:
            if not os.environ.get(
                "CALLBOARD_SECRET_KEY"
            ):  # Django starts with one; nothing is sealed by this
                os.environ["CALLBOARD_SECRET_KEY"] = secrets.token_urlsafe(50)
            runtime.configure_django()
            _check_version(file, manifest)
            _say(manifest, {}, genuine=genuine, as_json=as_json, done="is whole")
            return
        steps = _restore(data_dir, file, manifest, erasures, keep=taken_up)
    except archive.BadBackup as error:
        raise failures.BadInput(str(error), code="bad_backup") from error
    except ledger.BadList as error:
        raise failures.BadInput(str(error), code="bad_erasures") from error
    except OSError as error:
        words = f"{error.filename or file} could not be read or written: {error.strerror}."
        raise failures.Failed(words, code="disk") from error
    _say(manifest, steps, genuine=genuine, as_json=as_json, done="is restored")


def _restore(
    data_dir: Path, file: Path, manifest: archive.Manifest, erasures: Path | None, *, keep: str
) -> dict[str, int]:
    """Into the database; answers what was applied again, and to how many. `keep`: a key that came along."""
    with runtime.opened(data_dir) as logins:
        runtime.start(data_dir, logins)
        _check_version(file, manifest)
        try:
            if not dump.is_empty(logins.owner):
                raise failures.BadInput(
                    "The database is not empty, and a restore replaces nothing. Give another --data-dir, or "
                    "an empty database.",
                    code="not_empty",
                )
            with _unpacked(file, data_dir) as unpacked:
                _keep_key(data_dir, keep)
                dump.begin(logins.owner)
                dump.load(logins.owner, unpacked, manifest.rows, unpacked.with_name("list"))
            crash.point("restore.after_rows")
            schema.bring_up_to_date()
            _put_back_recordings(file, manifest, data_dir)
            with checks.connect(logins.app) as connection:
                reaper.bury_all(connection)
            steps = _apply_again(after.Restored(datetime.fromisoformat(manifest.taken_at), erasures))
            dump.end(logins.owner)
        except DatabaseUnavailable as error:
            raise failures.Failed(str(error), code="restore_failed") from error
    return steps


def _apply_again(restored: after.Restored) -> dict[str, int]:
    from callboard.lib.store import StoreFailed  # for those who work on files alone

    try:
        return after.run(restored)
    except StoreFailed as error:
        words = (
            f"Whoever was erased since cannot be erased again: the store of the list or of the files failed "
            f"({error}). Nothing starts on this database until that is done. See that "
            "CALLBOARD_ERASURES and CALLBOARD_RECORDINGS can be reached, and run callboard restore again."
        )
        raise failures.Failed(words, code="store") from error


@contextmanager
def _unpacked(file: Path, data_dir: Path) -> Iterator[Path]:
    """The dump, in a folder of its own that goes again: beside the data, where there must be room anyway."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_dir, prefix=".restoring-") as folder:
        unpacked = Path(folder) / archive.DATABASE

        def keep(name: str, source: IO[bytes]) -> None:
            if name == archive.DATABASE:
                with unpacked.open("wb") as out:
                    shutil.copyfileobj(source, out, archive.CHUNK)

        archive.read(file, keep)
        yield unpacked


def _take_up_key(data_dir: Path, manifest: archive.Manifest) -> str:
    """Where the environment has no key: the one that came along, which is answered, or the folder's."""
    if os.environ.get("CALLBOARD_SECRET_KEY"):
        return ""
    key = manifest.secret_key or Home(data_dir).kept_secret("secret_key")
    if key:
        os.environ["CALLBOARD_SECRET_KEY"] = key
    return manifest.secret_key


def _is_genuine(file: Path, manifest: archive.Manifest, text: str, seal: str) -> bool | None:
    """Whether a key of this installation sealed it, in use or former; None where it has none yet. Raises
    BadBackup.
    """
    for key in _keys():
        if archive.fingerprint(key) == manifest.key:
            if not archive.sealed_by(key, text, seal):
                raise archive.BadBackup(f"{file.name} was changed: its seal is not that of its key.")
            return True
    return False if _keys() else None


def _keys() -> list[str]:
    said = [environment.text("CALLBOARD_SECRET_KEY"), *environment.items("CALLBOARD_SECRET_KEY_FALLBACKS")]
    return [key for key in said if key]


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


def _keep_key(data_dir: Path, key: str) -> None:
    if key:
        home = Home(data_dir)
        home.make()
        with home.locked():
            home.keep_secret("secret_key", key)


def _put_back_recordings(file: Path, manifest: archive.Manifest, data_dir: Path) -> None:
    if not any(name.startswith(archive.RECORDINGS) for name in manifest.parts):
        return
    from callboard.lib import store

    held = store.recordings()

    def keep(name: str, source: IO[bytes]) -> None:
        if name.startswith(archive.RECORDINGS):
            with tempfile.NamedTemporaryFile(dir=data_dir, prefix=".restoring-") as copy:
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
        key = "another key than this installation's" if genuine is False else "a key that is not here"
        print(
            f"It was sealed with {key}. Where that was yours, give it as CALLBOARD_SECRET_KEY_FALLBACKS: "
            "without it servers' secrets and one-time codes do not open."
        )
