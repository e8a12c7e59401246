"""What is to be kept is decided by one at a time, and told. Needs the organization's scope.

Whatever changes what may go, and whatever begins to delete, holds one lock: so a hold that was placed holds,
and one that comes too late is told so.
"""

from __future__ import annotations

from django.db import connection

from callboard.lib import facts, pubsub, tenancy
from callboard.sessions import retention_queries
from callboard.sessions.facts import RetentionChanged

LOCK = 0x63620004
"""First half of the advisory lock; the other is the organization."""


def alone() -> None:
    """Nobody else begins to delete, or says what is to be kept, before this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, tenancy.current_organization() % 2**31])


def tell() -> None:
    """What may go is another: it is looked into at once, and whoever looks at it sees it."""
    facts.publish(RetentionChanged(version=retention_queries.policy().version))
    pubsub.publish("organization", id=tenancy.current_organization())
