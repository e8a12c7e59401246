"""What is kept for how long, what keeps it nevertheless, and what is to be deleted when. Needs the scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from callboard.lib import clock, days
from callboard.people import queries as people
from callboard.people.access import Access
from callboard.sessions import recording_queries, retention
from callboard.sessions.models import Participant, Session
from callboard.sessions.retention_models import (
    Announced,
    AnnouncedFirst,
    DeletedDay,
    Hold,
    HoldScope,
    RetentionPolicy,
)


def policy() -> RetentionPolicy:
    """The one in force; version 0, unsaved, where nobody ever decided anything."""
    return RetentionPolicy.objects.order_by("-version").first() or RetentionPolicy(version=0)


def kept_days() -> dict[str, int | None]:
    """Of every kind; None: for good."""
    said: Mapping[str, int | None] = policy().values
    return {
        kind: (recording_queries.policy().kept_days or None)
        if kind == retention.RECORDINGS
        else said.get(kind)
        for kind in retention.KINDS
    }


# -- what keeps it nevertheless


@dataclass(frozen=True)
class Held:
    """What must not go: everything, or these sessions and people (doubles with them), by id."""

    everything: bool = False
    sessions: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()

    def sessions_held(self, field: str = "pk") -> Q:
        """Rows whose session, named by `field`, is held, or somebody who was in it."""
        if not self.people:
            return Q(**{f"{field}__in": list(self.sessions)})
        theirs = Participant.objects.filter(person_id__in=list(self.people)).values("session")
        return Q(**{f"{field}__in": list(self.sessions)}) | Q(**{f"{field}__in": theirs})

    def people_held(self, field: str = "pk") -> Q:
        return Q(**{f"{field}__in": list(self.people)})


def in_force(now: datetime | None = None) -> QuerySet[Hold]:
    at = now or clock.now()
    return Hold.objects.filter(Q(until=None) | Q(until__gt=at), lifted_at=None)


def in_force_since(moment: datetime) -> QuerySet[Hold]:
    """Those that are in force, or were at any time since then."""
    lasted = Q(until=None) | Q(until__gt=moment)
    return Hold.objects.filter(lasted, Q(lifted_at=None) | Q(lifted_at__gt=moment))


def held() -> Held:
    return held_by(in_force().select_related("person"))


def held_lately() -> Held:
    """What is held, or was at any time of the last week: it goes no sooner than a week after."""
    return held_by(in_force_since(clock.now() - retention.NOTICE).select_related("person"))


def held_by(holds: Iterable[Hold]) -> Held:
    """What these keep, whether or not they are in force."""
    found = list(holds)
    # Who became a part of somebody else's record since is held with all of that.
    who = {people.became(each.person).pk for each in found if each.person is not None}
    return Held(
        everything=any(each.scope == HoldScope.ORGANIZATION for each in found),
        sessions=frozenset(each.session_id for each in found if each.session_id is not None),
        people=frozenset(people.records_of(who)) if who else frozenset(),
    )


def keeps_person(person_ids: list[int]) -> bool:
    """Whether a hold keeps them, or a session that they were in."""
    what = held()
    if what.everything or what.people & set(person_ids):
        return True
    mine = Participant.objects.filter(person_id__in=person_ids).values("session")
    return Session.objects.filter(what.sessions_held(), pk__in=mine).exists() if what.sessions else False


def holds(access: Access) -> list[Hold]:
    """Those in force first, then those that were, the latest first; at most 500. Raises Forbidden."""
    access.require("data.manage")
    found = Hold.objects.select_related("session", "person", "placed_by__user", "lifted_by__user", "by_key")
    standing = Exists(in_force().filter(pk=OuterRef("pk")))
    return list(found.order_by(standing.desc(), "-placed_at", "-pk")[:500])


# -- what is to be deleted


@dataclass(frozen=True)
class Due:
    """Things of a kind that are to be deleted on one day: how many, standing for how many rows."""

    kind: str
    day: datetime
    items: int
    rows: int


def announced(access: Access, kind: str | None = None) -> QuerySet[Announced]:
    """What stands announced, the soonest first. Raises Forbidden."""
    access.require("data.manage")
    found = Announced.objects.order_by("due_at", "id")
    return found if kind is None else found.filter(kind=kind)


def due_by_day(access: Access, tz: ZoneInfo) -> list[Due]:
    """In the order of the kinds, then of days; each with the moment of its first."""
    rows = (
        announced(access)
        .order_by()
        .annotate(day=TruncDate("due_at", tzinfo=tz))
        .values("kind", "day")
        .annotate(first=Min("due_at"), items=Count("pk"), rows=Sum("size"))
    )
    found = [Due(row["kind"], row["first"], row["items"], row["rows"]) for row in rows]
    return sorted(found, key=lambda each: (retention.KINDS.index(each.kind), each.day))


def news(access: Access) -> list[AnnouncedFirst]:
    """What no admin has seen yet, of what still stands."""
    if not access.may("data.manage"):
        return []
    unseen = list(AnnouncedFirst.objects.filter(seen_at=None))
    if not unseen:
        return []
    standing = set(Announced.objects.filter(kind__in=[each.kind for each in unseen]).values_list("kind"))
    return [each for each in unseen if (each.kind,) in standing]


def deleted(access: Access) -> QuerySet[DeletedDay]:
    """What was deleted, the latest day first. Raises Forbidden."""
    access.require("data.manage")
    return DeletedDay.objects.order_by("-day", "kind")


COMES_LATER = timedelta(days=3)
"""What is counted of a session may fall due, or be raised, for so long after its end. Its cases may be closed
or touched later still: those moments are known, and told when they go.
"""


def first_whole_day(tz: ZoneInfo) -> date | None:
    """The first local day of which no session and no case was deleted by age; None: nothing ever was.

    Figures of days before it stay as they were counted: there is nothing any more to count them from.
    """
    gone = DeletedDay.objects.filter(kind__in=[retention.SESSIONS, retention.CASES])
    newest: datetime | None = gone.aggregate(at=Max("until"))["at"]
    return None if newest is None else days.today(newest + COMES_LATER, tz) + timedelta(days=1)


def waiting(now: datetime | None = None) -> bool:
    """Whether something is to be deleted by now, or was begun with."""
    at = now or clock.now()
    return Announced.objects.filter(Q(due_at__lte=at) | Q(begun_at__isnull=False)).exists()
