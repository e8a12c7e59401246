"""Checks of the engine: that every partition of the event log has an owner, and that it keeps up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from callboard.lib import clock
from callboard.lib.health import Check, Finding, bad, ok, warn
from callboard.live.engine.moments import moment_of
from callboard.live.models import PartitionLease
from callboard.live.partitions import PARTITIONS

EVERYTHING = range(-1, PARTITIONS)
JUDGED_SEEN = timedelta(seconds=15)
JUDGED_BAD = timedelta(minutes=2)
"""How long ago the engine judged last. It does so every second, whether anything happens or not."""


def all_checks() -> tuple[Check, ...]:
    return (
        Check(name="leases", title=lazy("Owners of partitions"), look=owners, running=True),
        Check(name="engine_lag", title=lazy("The engine's lag"), look=lag, running=True),
    )


def owners() -> Finding:
    """Who holds the partitions, by the database's clock, as leases are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT partition, owner FROM callboard_live_partitionlease WHERE held_until > clock_timestamp()"
        )
        held = dict(cursor.fetchall())
    free = [number for number in EVERYTHING if number not in held]
    if free:
        told = ", ".join(_("the overseer") if number < 0 else str(number) for number in free)
        return bad(
            _("Nobody owns: %(partitions)s. What happens there raises no case.") % {"partitions": told},
            _("Start callboard serve, or callboard engine, and see its log if it ends."),
        )
    names = sorted(set(held.values()))
    words = ngettext("%(count)s engine owns all:", "%(count)s engines own all:", len(names))
    return ok(f"{words % {'count': len(names)}} {', '.join(names)}.")


def lag() -> Iterator[Finding]:
    """How long ago each partition was judged."""
    now = clock.now()
    judged = {
        lease.partition: now - moment_of(lease.judged_until)
        for lease in PartitionLease.objects.filter(partition__gte=0, judged_until__gt=0)
    }
    if not judged:
        yield warn(
            _("No partition was ever judged."),
            _("Start callboard serve, or callboard engine, and look again."),
        )
        return
    worst, behind = max(judged.items(), key=lambda item: item[1])
    words = _("Partition %(partition)s was judged last %(seconds).0f s ago.") % {
        "partition": worst,
        "seconds": max(0.0, behind.total_seconds()),
    }
    advice = _("If this grows, give the engine a core of its own, or run a second one on another machine.")
    if behind > JUDGED_SEEN:
        yield (bad if behind > JUDGED_BAD else warn)(words, advice)
    else:
        yield ok(_("Every partition is judged up to now."))
