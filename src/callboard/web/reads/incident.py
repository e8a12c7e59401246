"""All that the page of one incident shows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from callboard.cases import queries, registry
from callboard.cases.models import Case, CaseEntry, Incident
from callboard.people.access import Access
from callboard.people.models import Person
from callboard.web.reads.seats import Seat, seats

LINES_AT_MOST = 2_000


@dataclass(frozen=True)
class Whole:
    """An incident with its cases, their rosters and histories. `names` are by the ids that events carry."""

    incident: Incident
    cases: list[Case]
    seats: dict[int, list[Seat]]
    entries: list[CaseEntry]
    names: dict[str, str]
    outcomes: list[str]
    colleagues: list[tuple[int, str]]


def whole(access: Access, pk: int) -> Whole:
    """Raises NotFound."""
    incident = queries.incident(access, pk)
    cases = list(queries.members(incident))
    sessions = {case.session_id for case in cases if case.session_id is not None}
    entries = CaseEntry.objects.filter(case__in=[case.pk for case in cases]).select_related("actor__user")
    kind, _colon, name = incident.key.partition(":")
    people = Person.objects.filter(key=name) if kind == "instructor" else Person.objects.none()
    return Whole(
        incident,
        cases,
        seats(sessions),
        list(entries.order_by("at", "pk")[:LINES_AT_MOST]),
        dict(people.values_list("key", "name")),
        list(registry.kind(incident.kind).outcomes),
        queries.colleagues(),
    )


def listed(access: Access, most: int) -> QuerySet[Incident]:
    """The latest, with `total` and `standing` cases."""
    rows = queries.incidents(access).annotate(
        total=Count("cases"),
        standing=Count("cases", filter=Q(cases__over_at=None, cases__apart_at=None)),
    )
    return rows[:most]
