"""Where an erased person may have left a trace beside the tenants' tables: jobs, keys of effects, caches.

Jobs' arguments are ids. Those that are over and name them go; those that wait go on, under the new id.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import connection

from callboard.people.erasing import Subject

OVER = ("succeeded", "failed", "cancelled", "aborted")


class StillRunning(Exception):
    """A job that names them is at work right now."""


_NAMES_THEM = """
(args->>'organization')::bigint = %(organization)s AND (
    args @> ANY (%(exactly)s::jsonb[]) OR args->'fact' @> ANY (%(exactly)s::jsonb[])
    OR args::text ~* %(pattern)s)
"""
_DROP = f"DELETE FROM procrastinate_jobs WHERE status::text = ANY(%(over)s) AND {_NAMES_THEM}"  # noqa: S608
_WAITING = """
SELECT id, status::text, args FROM procrastinate_jobs
WHERE status IN ('todo', 'doing') AND args::text ~* %(pattern)s
AND coalesce((args->>'organization')::bigint, %(organization)s) = %(organization)s ORDER BY id FOR UPDATE
"""


def drop_jobs(subject: Subject) -> int:
    """In a transaction. Raises StillRunning."""
    redaction = subject.redaction
    exactly = [{"person": each} for each in subject.people] + [{"people": [each]} for each in subject.people]
    values: Any = {
        "organization": subject.organization,
        "exactly": [msgspec.json.encode(each).decode() for each in exactly],
        "pattern": redaction.pattern,
        "over": list(OVER),
    }
    with connection.cursor() as cursor:
        cursor.execute(_DROP, values)
        count = int(cursor.rowcount)
        cursor.execute(_WAITING, values)
        for job, status, args in cursor.fetchall():
            if status == "doing":
                raise StillRunning
            told = redaction.value(args if not isinstance(args, str) else msgspec.json.decode(args))
            cursor.execute(
                "UPDATE procrastinate_jobs SET args = %s::jsonb WHERE id = %s",
                [msgspec.json.encode(told).decode(), job],
            )
            count += 1
        for column in ("lock", "queueing_lock"):
            cursor.execute(
                f"UPDATE procrastinate_jobs SET {column} = NULL "  # noqa: S608
                f"WHERE {column} ~* %(pattern)s",
                values,
            )
            count += int(cursor.rowcount)
        # What was done once of them will not come again: the id is no one's any more.
        cursor.execute("DELETE FROM callboard_jobs_done WHERE key ~* %(pattern)s", values)
        count += int(cursor.rowcount)
    return count


def drop_cached(subject: Subject) -> int:
    """Attempts to sign in, counted under what was typed."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM callboard_cache WHERE cache_key ~* %s", [subject.redaction.pattern])
        return int(cursor.rowcount)
