"""Files of recordings; that there was one stays known with its session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, QuerySet

from callboard.lib.tenancy import organization_scope
from callboard.sessions import recording_queries, retention
from callboard.sessions.models import Recording
from callboard.sessions.operations import announcing
from callboard.sessions.retention_models import Announced
from callboard.sessions.retention_queries import Held
from callboard.workflows import keep_recordings
from callboard.workflows.retention import things


def old(until: datetime, held: Held) -> QuerySet[Recording]:
    return recording_queries.past(until).annotate(moment=F("file_at")).exclude(held.sessions_held("session"))


def delete(organization: int, units: Sequence[Announced]) -> None:
    keep_recordings.forget_in(organization)
    with organization_scope(organization):
        mine = announcing.lock(units)
        there = Recording.objects.filter(pk__in=[each.ref for each in mine], deleted_at=None)
        left = set(there.exclude(location="").values_list("pk", flat=True))
        done = [each for each in mine if each.ref not in left]
        announcing.gone(retention.RECORDINGS, done, {"files": len(done)})


KIND = things.rows(retention.RECORDINGS, old, delete)
