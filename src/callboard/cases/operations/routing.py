"""Where a case goes and by when: policies first, then routes, then the queues' own kinds.

Deadlines run in the hours of the case's queue. Needs an organization's scope; a `Desk` is read once for many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from callboard.cases import hours, rules
from callboard.cases.models import Case, Queue, Route
from callboard.cases.operations.queues import all_queues
from callboard.cases.ports import Asked, Routing, filled
from callboard.lib.tenancy import current_organization
from callboard.people.models import Organization
from callboard.sessions.models import Session

STAND_INS_AT_MOST = 3
"""How often one queue's stand-in may name another, before the case stays where it is."""


@dataclass(frozen=True)
class Facts:
    """What routes may ask of a case besides what it says itself: of its session and room."""

    subject: str = ""
    region: str = ""
    provider: str = ""

    @classmethod
    def of(cls, session: Session | None, provider: str = "") -> Facts:
        """`provider`: the case's own, where it is of no session. Reads the session's room."""
        if session is None:
            return cls(provider=provider)
        room = getattr(session, "room", None)
        return cls(session.subject, room.region if room else session.region, provider or session.provider)


def _fits(route: Route, case: Case, facts: Facts) -> bool:
    asked = (
        (route.kinds, case.kind),
        (route.severities, case.severity),
        (route.subjects, facts.subject),
        (route.regions, facts.region),
        (route.providers, facts.provider),
    )
    return all(not wanted or known in wanted for wanted, known in asked)


class Desk:
    """The organization's queues, routes and hours, as they are now."""

    def __init__(self) -> None:
        self.queues = all_queues()
        self._by_id = {queue.pk: queue for queue in self.queues}
        self._by_slug = {queue.slug: queue for queue in self.queues}
        self._hours: dict[int, hours.Hours] = {}

    @cached_property
    def _routes(self) -> list[Route]:
        return list(Route.objects.order_by("position", "pk"))

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(Organization.objects.get(pk=current_organization()).zone)

    def policies(self, asked: Sequence[Asked]) -> Sequence[Routing]:
        return filled.routing.routing(asked)

    def place(self, case: Case, facts: Facts, said: Routing, at: datetime) -> None:
        """Put a new case into its queue, with its minutes and its deadline to claim, in memory."""
        queue, _by, _route = self.meant(case, facts, said)
        case.minutes = list(said.minutes) if said.minutes is not None else None
        case.queue = self._stand_in(queue, at) if case.severity == "now" else queue
        case.claim_by = self.claim_by(case, at)

    def meant(self, case: Case, facts: Facts, said: Routing) -> tuple[Queue, str, int]:
        """The queue for a case, whether it is open or not, and what says so: policy, route (with its number,
        from 1), kind or default.
        """
        if said.queue and said.queue in self._by_slug:
            return self._by_slug[said.queue], "policy", 0
        for number, route in enumerate(self._routes, start=1):
            if _fits(route, case, facts):
                return self._by_id[route.queue_id], "route", number
        queue = rules.route(case.kind, self.queues)
        assert queue is not None, "all_queues always holds a default one"
        return queue, "kind" if case.kind in queue.kinds else "default", 0

    def _stand_in(self, queue: Queue, at: datetime) -> Queue:
        for _step in range(STAND_INS_AT_MOST):
            if queue.stand_in_id is None or self.hours(queue).is_open(at):
                return queue
            queue = self._by_id[queue.stand_in_id]
        return queue

    def hours(self, queue: Queue) -> hours.Hours:
        found = self._hours.get(queue.pk)
        if found is None:
            found = hours_of(queue, self._zone if queue.hours else None)
            self._hours[queue.pk] = found
        return found

    def claim_by(self, case: Case, at: datetime) -> datetime:
        queue = self._by_id.get(case.queue_id, case.queue)
        return self.hours(queue).after(at, minutes_of(case, queue).claim)

    def resolve_by(self, case: Case, at: datetime) -> datetime:
        queue = self._by_id.get(case.queue_id, case.queue)
        return self.hours(queue).after(at, minutes_of(case, queue).resolve)


def minutes_of(case: Case, queue: Queue) -> rules.Minutes:
    if case.minutes:
        return rules.Minutes(*case.minutes)
    return rules.minutes(queue.deadlines, case.kind, case.severity)


def hours_of(queue: Queue, zone: ZoneInfo | None = None) -> hours.Hours:
    """A queue's hours; what cannot be read counts as always."""
    if not queue.hours:
        return hours.Hours(ZoneInfo("UTC"))
    if zone is None:
        zone = ZoneInfo(Organization.objects.get(pk=current_organization()).zone)
    try:
        return hours.read(queue.hours, zone)
    except hours.NoHours:
        return hours.Hours(zone)


def claim_by(case: Case, at: datetime) -> datetime:
    """When it is to be in somebody's hands, if it is nobody's from `at` on."""
    return hours_of(case.queue).after(at, minutes_of(case, case.queue).claim)


def resolve_by(case: Case, at: datetime) -> datetime:
    """When it is to be settled, if somebody is at work on it from `at` on."""
    return hours_of(case.queue).after(at, minutes_of(case, case.queue).resolve)
