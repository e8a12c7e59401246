"""All that the page of one case shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from callboard.cases import queries
from callboard.cases.models import Case, CaseEntry
from callboard.lib.errors import NotFound
from callboard.live.monitors import rule_text
from callboard.people.access import Access
from callboard.sessions.models import Session
from callboard.web.reads import acts, log
from callboard.web.reads.seats import Promise, Seat, promises, seats

PROOFS = 40


@dataclass(frozen=True)
class Whole:
    """A case with its session's roster, promises and events. `names` are by the ids that events carry.

    `outsider`: whoever looks does not work its queue, and takes it only by saying that they mean it.
    """

    case: Case
    seats: list[Seat]
    promises: list[Promise]
    told: list[log.Seen]
    proofs: list[log.Seen]
    rule: str
    presence: dict[str, list[tuple[datetime, datetime | None]]]
    names: dict[str, str]
    entries: list[CaseEntry]
    before: list[Case]
    actions: list[str]
    outcomes: list[str]
    members: list[tuple[int, str]]
    queues: list[tuple[str, str]]
    outsider: bool
    undo: int | None


def whole(access: Access, pk: int) -> Whole:
    """Raises NotFound where the organization has no such case."""
    case = (
        Case.objects.select_related("session", "session__room", "person", "owner__user", "queue", "previous")
        .filter(pk=pk)
        .first()
    )
    if case is None:
        raise NotFound
    session = case.session
    roster = seats([session.pk]).get(session.pk, []) if session else []
    told = log.events(session.key, log.TELLING) if session else []
    proofs = log.events(session.key, ids=case.evidence[:PROOFS]) if session and case.evidence else []
    entries = list(case.entries.select_related("actor__user").order_by("at", "pk"))
    before = list(Case.objects.filter(cause=case.cause).exclude(pk=case.pk).order_by("-raised_at")[:5])
    return Whole(
        case,
        roster,
        promises([session.pk]).get(session.pk, []) if session else [],
        told,
        proofs,
        rule_text(case.kind, str(case.details.get("rules", ""))),
        log.presence(told),
        {seat.key: seat.name for seat in roster},
        entries,
        before,
        acts.names(case, access),
        acts.outcomes(case),
        queries.colleagues(),
        [(row.slug, row.name) for row in queries.queues(access)],
        not queries.works(access, case),
        undoable.pk if (undoable := queries.undoable(access, case)) else None,
    )


def asked_of(access: Access, pk: int) -> tuple[Session | None, str]:
    """The session that a case is about, and the participant. Raises NotFound."""
    case = queries.cases(access).select_related("session").filter(pk=pk).first()
    if case is None:
        raise NotFound
    return case.session, case.participant


def kind_of(pk: int) -> str:
    """The kind of a case; empty where there is none such."""
    return Case.objects.filter(pk=pk).values_list("kind", flat=True).first() or ""
