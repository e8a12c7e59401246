"""What jobs judge and nobody kept in time is missed, and whoever reacts is told."""

from __future__ import annotations

from callboard.expectations import registry
from callboard.expectations.facts import ExpectationMissed
from callboard.expectations.models import Expectation, ExpectationStatus
from callboard.lib import clock, facts

AT_ONCE = 500


def mind_due() -> int:
    """Mark what is past due; answers how many. Claimed row by row, so two runs miss nothing twice."""
    ours = [kind.name for kind in registry.kinds().values() if not kind.live]
    if not ours:
        return 0
    late = list(
        Expectation.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(status=ExpectationStatus.DUE, due_at__lte=clock.now(), kind__in=ours)
        .select_related("session")
        .order_by("due_at")[:AT_ONCE]
    )
    Expectation.objects.filter(pk__in=[each.pk for each in late]).update(
        status=ExpectationStatus.MISSED, changed_at=clock.now()
    )
    for each in late:
        facts.publish(
            ExpectationMissed(
                session=each.session.key, kind=each.kind, person=each.person_id, due_at=each.due_at
            )
        )
    return len(late)
