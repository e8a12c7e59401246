"""PostgreSQL's own client tools."""

from __future__ import annotations

import shutil
from pathlib import Path

from callboard.lib.postgres import binaries
from callboard.lib.postgres.errors import BinariesMissing, DatabaseUnavailable


def tool(name: str) -> Path:
    """The embedded server's, or the machine's. Raises DatabaseUnavailable."""
    try:
        return binaries.bin_dir() / name
    except BinariesMissing:
        found = shutil.which(name)
        if found is None:
            raise DatabaseUnavailable(
                f"{name} was not found. Install PostgreSQL's client tools, as new as the server."
            ) from None
        return Path(found)
