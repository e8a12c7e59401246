"""What the live wall shows: every session that is live or waits to begin, and the cases among them.

Whole, or of some sessions alone, so that a page that holds thousands asks only for what has changed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMinute

from callboard.cases.models import Case, CaseStatus
from callboard.live.queries import on_the_wall
from callboard.people.models import Member, Person
from callboard.sessions.models import Participant, ParticipantRole, Session, SessionStatus

COMING = timedelta(minutes=90)


class Cell(NamedTuple):
    pk: int
    key: str
    title: str
    subject: str
    starts_at: datetime
    ends_at: datetime
    status: str
    provider: str
    region: str | None
    node: str | None


class Wrong(NamedTuple):
    """A case that is not over, and not asleep. `person` and `owner` are names."""

    pk: int
    session: str
    kind: str
    severity: str
    raised_at: datetime
    cleared_at: datetime | None
    owner_id: int | None
    owner: str | None
    owner_email: str | None
    person: str | None


@dataclass(frozen=True)
class Wall:
    cells: list[Cell]
    learners: dict[int, int]
    cases: list[Wrong]


def wall(now: datetime, keys: Collection[str] | None = None) -> Wall:
    """All of it, or of the sessions with these keys what is on it. Five queries, however many there are."""
    rows = Session.objects.filter(on_the_wall(now))
    if keys is not None:
        rows = rows.filter(key__in=keys)
    cells = rows.order_by("room__node", "starts_at", "pk").values_list(
        "pk",
        "key",
        "title",
        "subject",
        "starts_at",
        "ends_at",
        "status",
        "provider",
        "room__region",
        "room__node",
    )
    counted = (
        Participant.objects.filter(active=True, role=ParticipantRole.LEARNER, session__in=rows)
        .order_by()
        .values_list("session_id")
        .annotate(n=Count("pk"))
    )
    found = [Cell(*row) for row in cells]
    standing = Case.objects.filter(over_at=None).exclude(status=CaseStatus.SNOOZED)
    if keys is not None:
        standing = standing.filter(session_id__in=[cell.pk for cell in found])
    return Wall(found, dict(counted), _wrong(standing, {cell.pk: cell.key for cell in found}))


def _wrong(standing: QuerySet[Case], shown: dict[int, str]) -> list[Wrong]:
    """Those of the sessions that are `shown` (id, key), by when they were raised.

    Names come by statements of their own: to plan one that joins them takes PostgreSQL longer under row-level
    security than to run all three.
    """
    rows = [
        row
        for row in standing.order_by("raised_at").values_list(
            "pk", "session_id", "kind", "severity", "raised_at", "cleared_at", "owner_id", "person_id"
        )
        if row[1] in shown
    ]
    people = dict(Person.objects.filter(pk__in={row[7] for row in rows if row[7]}).values_list("pk", "name"))
    owners = {
        pk: (name, email)
        for pk, name, email in Member.objects.filter(pk__in={row[6] for row in rows if row[6]}).values_list(
            "pk", "user__name", "user__email"
        )
    }
    wrong = []
    for pk, session, kind, severity, raised_at, cleared_at, owner, person in rows:
        name, email = owners.get(owner, (None, None))
        wrong.append(
            Wrong(
                pk,
                shown[session],
                kind,
                severity,
                raised_at,
                cleared_at,
                owner,
                name,
                email,
                people.get(person),
            )
        )
    return wrong


def coming(now: datetime) -> list[tuple[datetime, int]]:
    """How many sessions start in which minute of the next hour and a half."""
    rows = (
        Session.objects.filter(
            status__in=[SessionStatus.SCHEDULED, SessionStatus.READY],
            starts_at__gt=now,
            starts_at__lte=now + COMING,
        )
        .annotate(minute=TruncMinute("starts_at"))
        .values_list("minute")
        .annotate(n=Count("pk"))
        .order_by("minute")
    )
    return list(rows)
