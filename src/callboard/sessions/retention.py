"""How long an organization keeps what: the kinds there are, and for how long each is kept at least. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

RECORDINGS, SESSIONS, CASES, PEOPLE = "recordings", "sessions", "cases", "people"
IMPORTS, READINGS, CHANGES = "imports", "readings", "changes"

KINDS = (RECORDINGS, SESSIONS, CASES, PEOPLE, IMPORTS, READINGS, CHANGES)
"""In the order of their deletion: a recording before its session, who was there after it."""

BY_DAYS = frozenset({READINGS, CHANGES})
"""Announced and deleted by the day on which they were written, not one by one."""

LEAST: Mapping[str, int] = {
    RECORDINGS: 1,
    SESSIONS: 60,
    CASES: 60,
    PEOPLE: 30,
    IMPORTS: 30,
    READINGS: 30,
    CHANGES: 90,
}
"""Days. Rules are tried on the last 30 days of sessions, and evidence comes for days after the end; doubles
can be parted, and settings taken back, as long as the change is known.
"""
LONGEST = 36_500

NOTICE = timedelta(days=7)
"""Nothing is deleted that was not announced for so long."""
