"""The planner's statistics after much was written at once.

Until PostgreSQL has looked at new tables it takes them for tiny, and may join a thousand rows with a
thousand others by going through all pairs; a query that began that way goes on that way. Its own look
comes up to a minute later.
"""

from __future__ import annotations

from callboard.lib.postgres import checks


def refresh(owner_url: str) -> None:
    """Look at every table that the owner owns, now. Well under a second for a hundred thousand rows."""
    with checks.connect(owner_url) as connection:
        connection.execute("SET client_min_messages = error")  # tables of others are skipped with a warning
        connection.execute("ANALYZE")
