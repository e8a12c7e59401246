"""Things that are to be deleted: announced, withdrawn, begun with, gone. Needs the organization's scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from callboard.lib import clock, pubsub, tenancy
from callboard.people.operations import changes
from callboard.sessions.operations.keeping import alone
from callboard.sessions.retention import NOTICE
from callboard.sessions.retention_models import Announced, AnnouncedFirst, DeletedDay
from callboard.sessions.retention_queries import COMES_LATER


@dataclass(frozen=True)
class Thing:
    """Something that is as old as its `moment`. `ref`, `key`, `size` as in Announced."""

    ref: int
    moment: datetime
    key: str = ""
    size: int = 1


def announce(kind: str, keep: timedelta, version: int, things: Sequence[Thing]) -> int:
    """Say that these go when their days are over, and a week from now at the soonest. Twice is once."""
    now = clock.now()
    before = Announced.objects.filter(kind=kind, ref__in=[each.ref for each in things])
    known = set(before.values_list("ref", flat=True))
    fresh = [each for each in things if each.ref not in known]
    Announced.objects.bulk_create(
        [
            Announced(
                kind=kind, ref=each.ref, key=each.key, moment=each.moment, size=each.size,
                announced_at=now, due_at=max(each.moment + keep, now + NOTICE),
            )
            for each in fresh
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    if fresh:
        AnnouncedFirst.objects.bulk_create(
            [AnnouncedFirst(kind=kind, version=version, at=now)], ignore_conflicts=True
        )
        pubsub.publish("organization", id=tenancy.current_organization())
    return len(fresh)


def standing(kind: str, after: int, most: int) -> list[Announced]:
    """Those not begun with, in the order of `ref`."""
    found = Announced.objects.filter(kind=kind, begun_at=None, ref__gt=after)
    return list(found.order_by("ref")[:most])


def keep_up(units: Iterable[Announced], moments: Mapping[int, datetime], keep: timedelta) -> int:
    """Withdraw those of them that may not go (any more), being none of `moments`; let others go later where
    they are now kept for longer. Answers how many were withdrawn.
    """
    gone = [each.pk for each in units if each.ref not in moments]
    for each in units:
        if each.ref in moments and moments[each.ref] + keep > each.due_at:
            each.due_at = moments[each.ref] + keep
            each.save(update_fields=["due_at"])
    return Announced.objects.filter(pk__in=gone, begun_at=None).delete()[0]


def due(kind: str, most: int) -> list[Announced]:
    """Those whose time has come. Until the transaction ends, nobody else says what is to be kept."""
    alone()
    found = Announced.objects.filter(kind=kind, begun_at=None, due_at__lte=clock.now())
    return list(found.order_by("due_at", "id")[:most])


def begin(units: Collection[Announced]) -> None:
    """From here on nothing keeps them."""
    Announced.objects.filter(pk__in=[each.pk for each in units]).update(begun_at=clock.now())


def begun(kind: str, most: int) -> list[Announced]:
    """Those that were begun with and are not gone."""
    found = Announced.objects.filter(kind=kind, begun_at__isnull=False)
    return list(found.order_by("id")[:most])


def lock(units: Collection[Announced]) -> list[Announced]:
    """Those of them that nobody else has finished, for this transaction alone."""
    found = Announced.objects.select_for_update().filter(pk__in=[each.pk for each in units])
    return list(found.exclude(begun_at=None).order_by("pk"))


def gone(
    kind: str, units: Collection[Announced], rows: Mapping[str, int], counted: datetime | None = None
) -> None:
    """Their rows are gone, in this transaction: so is the word of it, and the figures grow. Once only.

    `counted`: the latest moment by which figures of days counted any of these rows, where that is known.
    """
    if units:
        moments = [each.moment for each in units]
        if counted is not None:
            moments.append(counted - COMES_LATER)
        _count(kind, max(moments), len(units), rows)
        withdraw(units)
        pubsub.publish("organization", id=tenancy.current_organization())


def count_rows(kind: str, unit: Announced, rows: Mapping[str, int]) -> None:
    """Some of the rows that it stands for are gone, in this transaction."""
    _count(kind, unit.moment, 0, rows)


def _count(kind: str, newest: datetime, items: int, rows: Mapping[str, int]) -> None:
    day, _made = DeletedDay.objects.select_for_update().get_or_create(
        day=clock.now().date(), kind=kind, defaults={"until": newest}
    )
    day.items += items
    day.rows = dict(Counter(day.rows) + Counter(rows))
    day.until = max(day.until, newest)
    day.save(update_fields=["items", "rows", "until"])


def withdraw(units: Collection[Announced]) -> None:
    Announced.objects.filter(pk__in=[each.pk for each in units]).delete()


def withdraw_all() -> int:
    """Of every kind, all that was not begun with. Answers how many."""
    alone()
    return Announced.objects.filter(begun_at=None).delete()[0]


def note_deleted() -> None:
    """What was deleted stands in the audit of settings: counts, and no more. Twice is once."""
    for day in DeletedDay.objects.select_for_update().exclude(noted=F("items")).order_by("pk"):
        told = {"deleted": {day.kind: day.items - day.noted}}
        changes.note(changes.DATA, day.day.isoformat(), {}, told)
        day.noted = day.items
        day.save(update_fields=["noted"])
