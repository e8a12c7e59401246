"""Where an erased person may have left a trace beside the tenants' tables: jobs, keys of effects, caches.

Jobs' arguments are ids. Those that are over and name them go; those that wait go on, under the new id. Rows
that do not say whose they are may be another organization's, where somebody may have the same name and, if an
integrator chose it, the same id: they go by what is one person's in the whole installation, and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.db import connection

from callboard.lib import ids
from callboard.lib.redaction import Redaction
from callboard.people.erasing import Subject
from callboard.people.models import User

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
WHERE status IN ('todo', 'doing') AND (args->>'organization')::bigint = %(organization)s
AND args::text ~* %(pattern)s ORDER BY id FOR UPDATE
"""


def drop_jobs(subject: Subject) -> int:
    """In a transaction. Raises StillRunning."""
    redaction = subject.redaction
    exactly = [{"person": each} for each in subject.people] + [{"people": [each]} for each in subject.people]
    values: Any = {
        "organization": subject.organization,
        "exactly": [msgspec.json.encode(each).decode() for each in exactly],
        "pattern": redaction.pattern_in_json,
        "made": Redaction({old: new for old, new in subject.keys.items() if ids.is_made(old)}).pattern,
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
                f"WHERE (args->>'organization')::bigint = %(organization)s AND {column} ~* %(pattern)s",
                values,
            )
            count += int(cursor.rowcount)
        # What was done once of them will not come again: the id is no one's any more.
        cursor.execute("DELETE FROM callboard_jobs_done WHERE key ~ %(made)s", values)
        count += int(cursor.rowcount)
    return count


def drop_cached(subject: Subject) -> int:
    """Attempts to sign in, or to get in again, counted under the address that was typed: of addresses that
    are nobody else's here and open nothing any more in any organization.
    """
    own = {each.lower() for each in subject.emails if each not in subject.shared}
    own -= {each.lower() for each in User.objects.filter(email__in=own).values_list("email", flat=True)}
    counted = [form for address in sorted(own) for form in _counted(address)]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM callboard_cache WHERE substring(cache_key FROM '([^:]+)(:lock)?$') = ANY(%s)",
            [counted],
        )
        return int(cursor.rowcount)


def _counted(address: str) -> Iterator[str]:
    """How allauth ends the keys of its counters (core.internal.ratelimit, account.adapter)."""
    base = urlsplit(settings.BASE_URL)
    hosts = {base.netloc, base.hostname or "", *settings.ALLOWED_HOSTS}
    for typed in (address, *(f"{host}:{address}" for host in sorted(hosts))):
        yield hashlib.sha256(typed.encode()).hexdigest()
