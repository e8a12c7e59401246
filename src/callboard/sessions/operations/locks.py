"""Locks that order bookings of the same people, and trying again what collided nevertheless.

The bare exclusion constraint is enough for correctness, and deadlocks under contention: two bookings, each
waiting for the other's half-made rows. With an advisory lock per person first, always in the same order,
they wait in line instead.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection
from typing import TypeVar

from django.db import Error, connection, transaction
from django.utils.translation import gettext as _

from callboard.lib import tenancy
from callboard.lib.errors import Busy
from callboard.sessions.models import Session

T = TypeVar("T")

ORGANIZATION, PERSON = 0x63620001, 0x63620002
"""First halves of the advisory locks' keys; the second is the id, folded into 31 bits."""

FOLD = 2**31
MOST_PERSONS = 256
"""With more persons than this a booking takes the whole organization's lock: the lock table is finite."""

TRIES = 6
COLLISIONS = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATEs of transactions that were not at fault: serialization, deadlock, lock not available."""


class Stale(Exception):
    """What was read before the locks has changed meanwhile: read it again."""


def insist(work: Callable[[], T]) -> T:
    """Run in a savepoint, again and again while it collides with others. Raises Busy after `TRIES`.

    The savepoint's rollback also lets go of the locks taken in it, so that the others get on.
    """
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return work()
        except Stale:
            continue
        except Error as error:
            if getattr(error.__cause__, "sqlstate", None) not in COLLISIONS:
                raise
        time.sleep(random.uniform(0.0, 0.02 * 2**attempt))  # noqa: S311
    raise Busy(_("Too many changes to the same people at once. Try again in a moment."))


def lock_people(people: Collection[int]) -> None:
    """Hold these people's timetables until the transaction ends.

    Everyone shares the organization's lock first; whoever books for very many people takes it alone.
    """
    organization = tenancy.current_organization() % FOLD
    keys = sorted({person % FOLD for person in people})
    with connection.cursor() as cursor:
        if len(keys) > MOST_PERSONS:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ORGANIZATION, organization])
            return
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [ORGANIZATION, organization])
        cursor.execute("SELECT pg_advisory_xact_lock(%s, key) FROM unnest(%s::int[]) AS key", [PERSON, keys])


def lock_session(session: Session) -> Session:
    """The session's row as it is now, held to the end of the transaction. Raises Stale if it changed."""
    held = Session.objects.select_for_update(of=("self",)).select_related("room").get(pk=session.pk)
    if held.version != session.version:
        raise Stale
    return held
