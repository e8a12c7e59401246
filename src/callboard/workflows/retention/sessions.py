"""Sessions that are over, with all that is kept of them: files, evidence, signals, notices, cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Greatest

from callboard.cases.models import Case, CaseEntry, Incident
from callboard.lib import clock, crash
from callboard.lib.store import recordings
from callboard.lib.tenancy import organization_scope
from callboard.live.models import Event
from callboard.live.operations import retention as log
from callboard.sessions import recording_files, recording_queries, retention
from callboard.sessions.models import Recording, Series, Session, SessionStatus
from callboard.sessions.operations import announcing
from callboard.sessions.recording_models import RecordingLease, RecordingWish
from callboard.sessions.retention_models import Announced
from callboard.sessions.retention_queries import Held
from callboard.workflows import keep_recordings
from callboard.workflows.retention import things

OVER = (SessionStatus.ENDED, SessionStatus.CANCELLED)
SETTLED = timedelta(days=2)
"""A session with a line in the log since then may be in an engine's mind, and waits. So does a case that
somebody touched: the figures of that day are to be counted before it goes.
"""


def old(until: datetime, held: Held) -> QuerySet[Session]:
    """One whose time was is past, too, if it was called off: until then it can be planned anew."""
    open_case = Case.objects.filter(session=OuterRef("pk"), over_at=None)
    found = Session.objects.filter(status__in=OVER, starts_at__lt=until, ends_at__lte=until)
    found = found.annotate(moment=Greatest(Coalesce("ended_at", "cancelled_at", "ends_at"), F("ends_at")))
    return found.filter(~Exists(open_case), moment__lte=until).exclude(held.sessions_held())


def _unsettled(refs: Collection[int]) -> set[int]:
    late = Event.objects.filter(session=OuterRef("key"), received_at__gt=clock.now() - SETTLED)
    found = Session.objects.filter(Exists(late), pk__in=list(refs))
    return set(found.values_list("pk", flat=True)) | touched_lately("case__session", refs)


def touched_lately(field: str, refs: Collection[int]) -> set[int]:
    """Which of these, named by `field` of a case's line, somebody did something with since then."""
    since = clock.now() - SETTLED
    lines = CaseEntry.objects.filter(at__gt=since, actor__isnull=False, **{f"{field}__in": list(refs)})
    return set(lines.values_list(field, flat=True))


def counted_until(cases: QuerySet[Case]) -> datetime | None:
    """The latest moment by which figures of days count these cases, or what people did with them."""
    of_cases = cases.aggregate(over=Max("over_at"), raised=Max("raised_at"))
    touches = CaseEntry.objects.filter(case__in=cases, actor__isnull=False).aggregate(at=Max("at"))
    known = [each for each in (*of_cases.values(), *touches.values()) if each is not None]
    return max(known, default=None)


def delete(organization: int, units: Sequence[Announced]) -> None:
    if not settings.ENGINE_DATABASE_URL:
        raise RuntimeError("lines leave the log in the engine's role: set CALLBOARD_ENGINE_DATABASE_URL")
    for unit in units:
        _delete_files(organization, unit)
    crash.point("retention.files_gone")
    log.drop_sessions(settings.ENGINE_DATABASE_URL, organization, {each.pk: each.key for each in units})
    with organization_scope(organization):
        mine = announcing.lock(units)
        counted = counted_until(Case.objects.filter(session__in=[each.ref for each in mine]))
        rows = _delete_rows([each.ref for each in mine])
        rows["callboard_live_event"] += sum(each.lines for each in mine)
        crash.point("retention.rows_gone")
        announcing.gone(retention.SESSIONS, mine, rows, counted)


def _delete_files(organization: int, unit: Announced) -> None:
    """By row, and whatever else lies under its name, also of a job that was killed before it said so."""
    with organization_scope(organization):
        session = Session.objects.filter(pk=unit.ref).first()
        if session is None:
            return  # somebody else has finished it
        found = list(Recording.objects.filter(session=session).values_list("pk", flat=True))
        requests = list(RecordingWish.objects.filter(session=session).values_list("request", flat=True))
        folders = recording_queries.folders(session)
    if not found and not requests:
        return  # nobody ever recorded it
    for recording in found:
        keep_recordings.drop(organization, recording, "retention.file_gone")
    kept = recordings()
    own = (f"parts/{organization}/{unit.key}", f"recordings/{organization}/{unit.key}", unit.key)
    lie = [name for folder in own for name, _size in kept.names(folder)]
    in_rooms = [name for folder in folders for name, _size in kept.names(folder)]
    for name in [*lie, *(each for each in in_rooms if recording_files.is_of(each, requests))]:
        kept.delete(name)


def _delete_rows(refs: Sequence[int]) -> Counter[str]:
    """In one transaction with the word of it."""
    series = set(Session.objects.filter(pk__in=refs).values_list("series_id", flat=True)) - {None}
    wishes = list(RecordingWish.objects.filter(session__in=refs).values_list("pk", flat=True))
    recorded = Recording.objects.filter(session__in=refs).values("pk")
    Announced.objects.filter(kind=retention.RECORDINGS, ref__in=recorded).delete()
    with_cases = Case.objects.filter(session__in=refs).exclude(incident=None)
    incidents = set(with_cases.values_list("incident_id", flat=True))
    rows = by_table(RecordingLease.objects.filter(wish__in=wishes).delete())
    rows += by_table(Session.objects.filter(pk__in=refs).delete())
    left = Session.objects.filter(series=OuterRef("pk"))
    rows += by_table(Series.objects.filter(~Exists(left), pk__in=series).delete())
    return rows + drop_incidents(incidents)


def drop_incidents(incidents: Collection[int | None]) -> Counter[str]:
    """Those of them that are over and have no case any more."""
    of_it = Case.objects.filter(incident=OuterRef("pk"))
    over = Incident.objects.filter(~Exists(of_it), pk__in=list(incidents), cleared_at__isnull=False)
    return by_table(over.delete())


def by_table(deleted: tuple[int, Mapping[str, int]]) -> Counter[str]:
    """By table, of what Django says that it deleted."""
    return Counter({label.replace(".", "_").lower(): count for label, count in deleted[1].items()})


KIND = things.rows(retention.SESSIONS, old, delete, key="key", unsettled=_unsettled)
