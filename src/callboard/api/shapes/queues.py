"""Queues, the rules that fill them, and incidents, as the API tells them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ninja import Field, Schema

from callboard.api.shapes.cases import MemberRef, Severity, member_ref
from callboard.cases import queries
from callboard.cases.models import Case, Incident, Queue, Route
from callboard.cases.operations import Placed


class QueueItem(Schema):
    """Minutes to claim and to resolve, by severity or kind. No members: everybody works it. `hours` empty:
    always. `strict`: only they take its cases. `stand_in` takes what is for now while it is closed;
    `escalate_to` what nobody took in time, and `escalate_member` is told."""

    slug: str
    name: str
    kinds: list[str]
    deadlines: dict[str, list[int]]
    is_default: bool
    members: list[int]
    hours: dict[str, Any]
    strict: bool
    stand_in: str | None
    escalate_to: str | None
    escalate_member: int | None


class QueueList(Schema):
    items: list[QueueItem]


class QueueIn(Schema):
    """What is left out stays as it is. `stand_in`, `escalate_to`: a slug, "" for none; `escalate_member`: a
    member, 0 for none. `hours`: {"week": {"mon": [["09:00", "18:00"]], ...}, "except": {"2026-12-25": []}}.
    """

    name: str = Field(min_length=1, max_length=100)
    kinds: list[str] = []
    deadlines: dict[str, list[int]] | None = None
    members: list[int] | None = None
    hours: dict[str, Any] | None = None
    strict: bool | None = None
    stand_in: str | None = Field(None, max_length=50)
    escalate_to: str | None = Field(None, max_length=50)
    escalate_member: int | None = Field(None, ge=0, lt=2**63)


class RouteItem(Schema):
    """Sends cases that fit to a queue; an empty list fits all."""

    queue: str = Field(max_length=50)
    kinds: list[str] = []
    subjects: list[str] = []
    severities: list[Severity] = []
    regions: list[str] = []
    providers: list[str] = []


class RouteList(Schema):
    """In the order in which they are tried: the first that fits wins."""

    items: list[RouteItem]


class Example(Schema):
    """A case that might be raised now; `region` and `provider` are its session's."""

    kind: str = Field(max_length=40)
    severity: Severity = "soon"
    subject: str = Field("", max_length=100)
    region: str = Field("", max_length=40)
    provider: str = Field("", max_length=40)


class PlacedItem(Schema):
    """`by` says what sends it there: policy, route (number `route`, from 1), kind or default. `queue` is the
    stand-in of the one that was `meant`, where that is closed. Minutes to claim and to resolve."""

    queue: str
    meant: str
    by: str
    route: int | None
    claim: int
    resolve: int


class IncidentItem(Schema):
    """`cleared_at`: the last of its cases cleared. `closed_at`: none stands under it any more but `apart`,
    those let go as cases of their own. `standing`: how many do."""

    id: int
    key: str
    kind: str
    severity: Severity | None
    raised_at: datetime
    cleared_at: datetime | None
    closed_at: datetime | None
    owner: MemberRef | None
    standing: int
    sessions: list[str]
    cases: list[int]
    apart: list[int]


class IncidentPage(Schema):
    items: list[IncidentItem]
    next: str | None


def queue_item(queue: Queue) -> dict[str, Any]:
    return {
        "slug": queue.slug,
        "name": queue.name,
        "kinds": queue.kinds,
        "deadlines": queue.deadlines,
        "is_default": queue.is_default,
        "members": sorted(member.member_id for member in queue.members.all()),
        "hours": queue.hours,
        "strict": queue.strict,
        "stand_in": queue.stand_in.slug if queue.stand_in else None,
        "escalate_to": queue.escalate_to.slug if queue.escalate_to else None,
        "escalate_member": queue.escalate_member_id,
    }


def route_item(route: Route) -> dict[str, Any]:
    return {
        "queue": route.queue.slug,
        "kinds": route.kinds,
        "subjects": route.subjects,
        "severities": route.severities,
        "regions": route.regions,
        "providers": route.providers,
    }


def placed_item(placed: Placed) -> dict[str, Any]:
    return {
        "queue": placed.queue.slug,
        "meant": placed.meant.slug,
        "by": placed.by,
        "route": placed.route or None,
        "claim": placed.claim,
        "resolve": placed.resolve,
    }


def incident_item(incident: Incident, cases: Iterable[Case]) -> dict[str, Any]:
    members = list(cases)
    standing = [case for case in members if case.over_at is None and case.apart_at is None]
    return {
        "id": incident.pk,
        "key": incident.key,
        "kind": incident.kind,
        "severity": queries.worst(case.severity for case in members),
        "raised_at": incident.raised_at,
        "cleared_at": incident.cleared_at,
        "closed_at": incident.closed_at,
        "owner": member_ref(incident.owner),
        "standing": len(standing),
        "sessions": sorted({case.session.key for case in members if case.session}),
        "cases": [case.pk for case in members],
        "apart": [case.pk for case in members if case.apart_at is not None],
    }
