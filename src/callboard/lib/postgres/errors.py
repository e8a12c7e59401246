"""What can go wrong on the way to a database, each with the words a person needs to put it right."""

from __future__ import annotations


class DatabaseUnavailable(Exception):
    """The database cannot be used as it is; the message says why and what to do."""


class BinariesMissing(DatabaseUnavailable):
    """No PostgreSQL binaries for this platform are installed."""


class UnsafeServer(DatabaseUnavailable):
    """The server would lose acknowledged work in a crash (fsync, synchronous_commit, full_page_writes)."""


class RightsMissing(DatabaseUnavailable):
    """The given connection may not create what is needed; the message carries the SQL to run."""
