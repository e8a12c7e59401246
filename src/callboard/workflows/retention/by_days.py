"""What is written down all day long: who read what, and who changed what. It goes by whole days, in UTC."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Least, TruncDate

from callboard.cases.models import CaseReading, HandOver
from callboard.lib import crash
from callboard.lib.tenancy import organization_scope
from callboard.live.models import Backtest
from callboard.people.leaving_models import Departure, DepartureStatus, Takeout, TakeoutStatus
from callboard.people.models import Invitation, SettingChange
from callboard.people.records import ChangeKind, CopyStatus, PersonChange, PersonCopy
from callboard.sessions import retention, retention_queries
from callboard.sessions.models import ConfirmedDevice, DeviceCode
from callboard.sessions.operations import announcing
from callboard.sessions.operations.announcing import Thing
from callboard.sessions.recording_models import RecordingView
from callboard.sessions.retention_models import Announced, Hold
from callboard.sessions.retention_queries import Held
from callboard.workflows.retention.things import Kind

DAY = timedelta(days=1)
AT_ONCE = 5_000


@dataclass(frozen=True)
class Source:
    """Rows that may go, but those that are held, and the column of their moment."""

    may_go: Callable[[Held], QuerySet[Any]]
    at: str = "at"


def _readings(held: Held) -> QuerySet[Any]:
    kept = held.sessions_held("case__session") | held.people_held("case__person")
    return CaseReading.objects.exclude(kept)


def _views(held: Held) -> QuerySet[Any]:
    return RecordingView.objects.exclude(held.sessions_held("recording__session"))


def _records(held: Held) -> QuerySet[Any]:
    """That two people are no doubles is not only history: they would be shown as such again."""
    return PersonChange.objects.exclude(kind=ChangeKind.DISTINCT).exclude(held.people_held("person"))


def _copies(held: Held) -> QuerySet[Any]:
    over = PersonCopy.objects.filter(status__in=[CopyStatus.GONE, CopyStatus.FAILED])
    return over.exclude(held.people_held("person"))


def _takeouts(_held: Held) -> QuerySet[Any]:
    return Takeout.objects.filter(status__in=[TakeoutStatus.GONE, TakeoutStatus.FAILED])


READINGS: tuple[Source, ...] = (Source(_readings), Source(_views, "asked_at"))
CHANGES: tuple[Source, ...] = (
    Source(lambda _held: SettingChange.objects.all()),
    Source(_records),
    Source(lambda _held: HandOver.objects.all()),
    Source(lambda _held: Backtest.objects.exclude(ended_at=None), "ended_at"),
    Source(lambda _held: Invitation.objects.all(), "expires_at"),
    Source(lambda held: DeviceCode.objects.exclude(held.people_held("person")), "expires_at"),
    Source(lambda held: ConfirmedDevice.objects.exclude(held.people_held("person")), "revoked_at"),
    Source(_copies, "asked_at"),
    Source(_takeouts, "asked_at"),
    Source(lambda _held: Departure.objects.filter(status=DepartureStatus.KEPT), "kept_at"),
    Source(lambda _held: Hold.objects.annotate(over_at=Least("lifted_at", "until")), "over_at"),
)


def _by_days(name: str, sources: tuple[Source, ...]) -> Kind:
    def counts(held: Held, since: date, until: datetime, most: int) -> Counter[date]:
        """How many rows of each day that is over by then, of the first so many days."""
        found: Counter[date] = Counter()
        for source in sources:
            of_days = (
                source.may_go(held)
                .filter(_between(source, _end(since.toordinal() - 1), _floor(until)))
                .annotate(day=TruncDate(source.at, tzinfo=UTC))
                .order_by("day")
                .values("day")
                .annotate(count=Count("pk"))
            )
            found.update({row["day"]: row["count"] for row in of_days[:most]})
        return found

    def find(until: datetime, held: Held, after: int, most: int) -> list[Thing]:
        found = counts(held, date.fromordinal(max(after + 1, 2)), until, most)
        return [
            Thing(day.toordinal(), _end(day.toordinal()), size=found[day]) for day in sorted(found)[:most]
        ]

    def moments(until: datetime, held: Held, refs: Collection[int]) -> Mapping[int, datetime]:
        if not refs:
            return {}
        span = max(refs) - min(refs) + 1
        last = min(until, _end(max(refs)))
        found = counts(held, date.fromordinal(min(refs)), last, span)
        there = {day.toordinal() for day in found}
        return {ref: _end(ref) for ref in refs if ref in there}

    def delete(organization: int, units: Sequence[Announced]) -> None:
        for unit in units:
            for source in sources:
                while _delete_some(organization, name, source, unit):
                    crash.point("retention.some_rows_gone")
            with organization_scope(organization):
                announcing.gone(name, announcing.lock([unit]), {})

    return Kind(name, find, moments, delete)


def _delete_some(organization: int, name: str, source: Source, unit: Announced) -> bool:
    """A stretch of the rows of one day, with the word of it. False: there are no more."""
    with organization_scope(organization):
        if not announcing.lock([unit]):
            return False
        start = _end(unit.ref) - DAY
        rows = source.may_go(retention_queries.held_lately()).filter(_between(source, start, _end(unit.ref)))
        refs = list(rows.values_list("pk", flat=True)[:AT_ONCE])
        if not refs:
            return False
        count, by_model = rows.filter(pk__in=refs).delete()
        tables = {label.replace(".", "_").lower(): n for label, n in by_model.items()}
        announcing.count_rows(name, unit, tables)
    return bool(count)


def _between(source: Source, start: datetime, end: datetime) -> Q:
    return Q(**{f"{source.at}__gte": start, f"{source.at}__lt": end})


def _floor(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _end(ref: int) -> datetime:
    """When a day, by its number, is over."""
    return datetime.combine(date.fromordinal(ref + 1), datetime.min.time(), UTC)


SOURCES: Mapping[str, tuple[Source, ...]] = {retention.READINGS: READINGS, retention.CHANGES: CHANGES}
READINGS_KIND = _by_days(retention.READINGS, READINGS)
CHANGES_KIND = _by_days(retention.CHANGES, CHANGES)
