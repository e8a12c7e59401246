"""How much ingest takes at once, by name."""

from __future__ import annotations

MAX_BODY_BYTES = 8 * 2**20
MAX_EVENTS = 10_000
"""Per request."""

QUEUE_ROWS = 200_000
"""Rows that may wait to be committed in one process; beyond them 429."""

FLUSH_ROWS = 20_000
"""Rows of one commit."""

RETRY_AFTER_S = 1

FUTURE_S = 60
PAST_S = 24 * 3600
"""Event times further from the server's clock than this are kept and marked."""

KEY_CACHED_S = 10.0
"""How long a key that was revoked may still be let in, and an organization that is being deleted sent to."""

UNKNOWN_CACHED_S = 1.0
SESSIONS_REMEMBERED = 200_000
IDS_REMEMBERED = 500_000
"""Each, per process."""

PASS_EVENTS = 1_200
PASS_WINDOW_S = 60
"""How much may come with one pass in so many seconds, per process: some hours' backlog at once, no flood."""
