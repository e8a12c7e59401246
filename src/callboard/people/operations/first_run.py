"""The first run: an installation that is empty lets whoever has the link make its first organization.

The link is told where Callboard is started (`callboard serve`), so that it takes the machine to have it. It
is good for a day, and opens nothing once there is an organization: nothing of it is stored.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction

from callboard.lib import clock, signing, tenancy
from callboard.lib.errors import NotFound
from callboard.people.models import Member, Organization
from callboard.people.operations.organizations import bootstrap_admin

PURPOSE = "first run"
LASTS = timedelta(days=1)


def is_empty() -> bool:
    """Whether there is no organization yet."""
    with tenancy.sweep():
        return not Organization.objects.exists()


def first_run_token() -> str:
    return signing.sign_until(PURPOSE, clock.now() + LASTS, "open")


def check_first_run(token: str) -> None:
    """Raises NotFound where the link is no good, or there is an organization already."""
    try:
        signing.read_until(PURPOSE, token)
    except signing.BadToken:
        raise NotFound from None
    if not is_empty():
        raise NotFound


def set_up(
    token: str, *, organization: str, zone: str, locale: str, name: str, email: str, password: str
) -> Member:
    """Make the first organization and its admin. Of two at once, one is first. Opens a transaction.

    Raises NotFound as above, Invalid by field, Conflict.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('callboard.first_run'))")
        check_first_run(token)
        return bootstrap_admin(
            email, password, organization=organization, zone=zone, locale=locale, name=name
        )
