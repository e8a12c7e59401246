"""`callboard backup`: everything that the installation holds, in one file.

1. One snapshot of the database: rows are counted in it and pg_dump reads it, while all goes on.
2. With --recordings, the files of the store. One that goes meanwhile is named in the manifest and no failure.
3. The manifest, last. Killed before: no file of that name is there, only `….partial`.
"""

from __future__ import annotations

import json
import os
import tempfile
from datetime import datetime
from pathlib import Path

import click

import callboard
from callboard.cli import failures, runtime
from callboard.lib import clock
from callboard.lib.backups import archive, dump
from callboard.lib.postgres.errors import DatabaseUnavailable
from callboard.lib.postgres.provision import reader


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--recordings", is_flag=True, help="The recordings' files too; they may be large.")
@click.option("--with-key", is_flag=True, help="The secret key too: then keep the file as you would a key.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@runtime.data_dir_option
def backup(file: Path | None, recordings: bool, with_key: bool, as_json: bool, data_dir: Path) -> None:
    """Save everything to FILE, or to callboard-DATE-TIME.backup here. It may run while Callboard does."""
    now = clock.now()
    file = file or Path(f"callboard-{now:%Y%m%d-%H%M%S}.backup")
    if file.exists():
        raise failures.BadInput(f"{file} is there already, and no backup replaces another.", code="exists")
    with runtime.product(data_dir, migrated=False) as product:
        try:
            manifest = _save(reader(product.logins), file, recordings=recordings, with_key=with_key, now=now)
        except DatabaseUnavailable as error:
            raise failures.Failed(str(error), code="backup_failed") from error
        except OSError as error:
            raise failures.Failed(f"{file} could not be written: {error.strerror}.", code="disk") from error
    _say(file, manifest, as_json=as_json)


def _save(url: str, file: Path, *, recordings: bool, with_key: bool, now: datetime) -> archive.Manifest:
    key = os.environ["CALLBOARD_SECRET_KEY"]
    with dump.snapshot(url) as (connection, name):
        if not dump.may_read_everything(connection):
            raise DatabaseUnavailable(
                "This login does not see every row, so that its backup would be a part of the whole. Give "
                "one that bypasses row-level security in CALLBOARD_BACKUP_DATABASE_URL "
                "(docs/how-to/back-up-and-restore.md)."
            )
        applied = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
        version = connection.info.server_version
        manifest = archive.Manifest(
            version=callboard.__version__,
            taken_at=now.isoformat(),
            postgresql=f"{version // 10_000}.{version % 10_000}",
            migrations=[row[0] for row in applied],
            rows=dump.count(connection),
            key=archive.fingerprint(key),
            secret_key=key if with_key else "",
        )
        with (
            archive.written(file, manifest, key) as writer,
            tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".callboard-backup-") as folder,
        ):
            saved = Path(folder) / archive.DATABASE
            dump.save(url, name, saved)
            with saved.open("rb") as source:
                writer.add(archive.DATABASE, source, saved.stat().st_size)
            saved.unlink()
            if recordings:
                _add_recordings(writer, manifest, Path(folder))
    return manifest


def _add_recordings(writer: archive.Writer, manifest: archive.Manifest, folder: Path) -> None:
    from callboard.lib import store

    try:
        held = store.recordings()
        for name, _size in held.names(""):
            copy = folder / "recording"
            try:
                size = held.fetch(name, copy)
            except store.Missing:
                manifest.skipped.append(name)
                continue
            with copy.open("rb") as source:
                writer.add(f"{archive.RECORDINGS}{name}", source, size)
            copy.unlink()
    except store.StoreFailed as error:
        raise failures.Failed(f"The recordings' store failed: {error}", code="store") from error


def _say(file: Path, manifest: archive.Manifest, *, as_json: bool) -> None:
    rows, parts = sum(manifest.rows.values()), len(manifest.parts) - 1
    if as_json:
        document = {
            "file": str(file),
            "bytes": file.stat().st_size,
            "rows": rows,
            "recordings": parts,
            "skipped": manifest.skipped,
            "key": manifest.key,
        }
        print(json.dumps(document))
        return
    print(f"{file}: {rows} rows and {parts} recordings, {file.stat().st_size >> 10} KiB.")
    if not manifest.secret_key:
        print(
            "The secret key is not in it. Keep it elsewhere too: without it, servers' secrets and one-time "
            "codes cannot be opened. callboard backup --with-key has both in one file."
        )
