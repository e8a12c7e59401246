"""Files that were brought in or let go of: their names, and what was found in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from callboard.lib import crash
from callboard.lib.tenancy import organization_scope
from callboard.people.import_models import Import, ImportStatus
from callboard.sessions import retention
from callboard.sessions.operations import announcing
from callboard.sessions.retention_models import Announced
from callboard.sessions.retention_queries import Held
from callboard.workflows.retention import things
from callboard.workflows.retention.sessions import by_table

OVER = (ImportStatus.DONE, ImportStatus.DISCARDED, ImportStatus.FAILED)


def old(until: datetime, held: Held) -> QuerySet[Import]:  # noqa: ARG001 - a file is of nobody in particular
    found = Import.objects.filter(status__in=OVER, created_at__lte=until).defer("content")
    return found.annotate(moment=Coalesce("ended_at", "created_at")).filter(moment__lte=until)


def delete(organization: int, units: Sequence[Announced]) -> None:
    with organization_scope(organization):
        mine = announcing.lock(units)
        rows = by_table(Import.objects.filter(pk__in=[each.ref for each in mine]).delete())
        crash.point("retention.rows_gone")
        announcing.gone(retention.IMPORTS, mine, rows)


KIND = things.rows(retention.IMPORTS, old, delete)
