"""Cases that belong to no session, once they are over. Those of a session go with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import F, QuerySet

from callboard.cases.models import Case
from callboard.lib import crash
from callboard.lib.tenancy import organization_scope
from callboard.sessions import retention, retention_queries
from callboard.sessions.operations import announcing
from callboard.sessions.operations.keeping import alone
from callboard.sessions.retention_models import Announced
from callboard.sessions.retention_queries import Held
from callboard.workflows.retention import things
from callboard.workflows.retention.sessions import by_table, counted_until, drop_incidents, touched_lately


def old(until: datetime, held: Held) -> QuerySet[Case]:
    found = Case.objects.filter(session=None, over_at__lte=until).annotate(moment=F("over_at"))
    return found.exclude(held.people_held("person"))


def delete(organization: int, units: Sequence[Announced]) -> None:
    """In one transaction; what is held since it was begun with stays."""
    with organization_scope(organization):
        alone()
        begun = announcing.lock(units)
        kept = retention_queries.held().people_held("person")
        stay = set(
            Case.objects.filter(kept, pk__in=[each.ref for each in begun]).values_list("pk", flat=True)
        )
        announcing.withdraw([each for each in begun if each.ref in stay])
        mine = [each for each in begun if each.ref not in stay]
        found = Case.objects.filter(pk__in=[each.ref for each in mine])
        incidents = set(found.exclude(incident=None).values_list("incident_id", flat=True))
        counted = counted_until(found)
        rows = by_table(found.delete()) + drop_incidents(incidents)
        crash.point("retention.rows_gone")
        announcing.gone(retention.CASES, mine, rows, counted)


def _unsettled(refs: Collection[int]) -> set[int]:
    return touched_lately("case", refs)


KIND = things.rows(retention.CASES, old, delete, unsettled=_unsettled)
