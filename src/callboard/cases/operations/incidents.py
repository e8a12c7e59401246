"""Many cases with one cause. Needs an open transaction in an organization's scope.

The members of an incident are the cases of its kind in its sessions, from two minutes before it was raised
(the third session's case raises it, the first lies up to 120 s before) until it cleared. They stand under it
until they are over or let go (`cases.holding`). What joins an incident that somebody has is theirs too, where
its queue lets them have it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from callboard.cases.holding import Held, closed_at, let_go
from callboard.cases.models import Case, CaseStatus, Incident
from callboard.cases.operations import history, turn
from callboard.cases.operations.routing import Desk
from callboard.cases.operations.writing import insert_entries, write
from callboard.lib import clock, pubsub

SPAN = timedelta(seconds=120)
BELONGING = (
    "incident_id", "apart_at", "status", "owner_id", "claimed_at", "resolve_by", "version", "changed_at",
)  # fmt: skip


def raise_incident(
    key: str,
    kind: str,
    sessions: Iterable[str],
    raised_at: datetime,
    cleared_at: datetime | None = None,
) -> Incident:
    """Make the incident, or bring it up to date: raising it twice is raising it once."""
    incident, made = Incident.objects.get_or_create(
        key=key, kind=kind, raised_at=raised_at, defaults={"cleared_at": cleared_at}
    )
    wanted = Case.objects.filter(
        kind=kind, session__key__in=list(sessions), raised_at__gte=raised_at - SPAN
    ).exclude(status=CaseStatus.WITHDRAWN)
    if cleared_at is not None:
        wanted = wanted.filter(raised_at__lte=cleared_at)
    members = set(wanted.values_list("pk", flat=True))
    former = set(Case.objects.filter(incident=incident).values_list("pk", flat=True))
    changed = made or members != former or incident.cleared_at != cleared_at or bool(incident.withdrawn_at)
    if not changed:
        return incident
    incident.cleared_at, incident.withdrawn_at, incident.changed_at = cleared_at, None, clock.now()
    _belong(members - former, incident)
    _belong(former - members, None)
    incident.closed_at = closed_at(held(incident))
    incident.save(update_fields=["cleared_at", "closed_at", "withdrawn_at", "changed_at"])
    pubsub.publish("incident", id=incident.pk)
    return incident


def clear_incident(key: str, kind: str, raised_at: datetime, cleared_at: datetime) -> Incident | None:
    incident = Incident.objects.filter(key=key, kind=kind, raised_at=raised_at).first()
    if incident is None or incident.cleared_at == cleared_at:
        return incident
    incident.cleared_at, incident.changed_at = cleared_at, clock.now()
    incident.save(update_fields=["cleared_at", "changed_at"])
    pubsub.publish("incident", id=incident.pk)
    return incident


def withdraw_incident(key: str, kind: str, raised_at: datetime, withdrawn_at: datetime) -> Incident | None:
    """It never was one: its cases stand each for itself."""
    incident = Incident.objects.filter(key=key, kind=kind, raised_at=raised_at, withdrawn_at=None).first()
    if incident is None:
        return None
    incident.withdrawn_at, incident.changed_at = withdrawn_at, clock.now()
    incident.save(update_fields=["withdrawn_at", "changed_at"])
    _belong(set(Case.objects.filter(incident=incident).values_list("pk", flat=True)), None)
    pubsub.publish("incident", id=incident.pk)
    return incident


def mind_incidents() -> int:
    """Let go what does not recover, close what has none left; answers how many cases were let go.

    Running it twice is running it once.
    """
    gone = 0
    for incident in Incident.objects.filter(closed_at=None, withdrawn_at=None).order_by("pk"):
        gone += _mind(incident)
    return gone


def _mind(incident: Incident) -> int:
    members = held(incident)
    now = clock.now()
    going = set(let_go(members, now))
    if going:
        _let_go(incident, going)
        members = held(incident)
    closed = closed_at(members)
    if going or closed is not None:
        incident.closed_at, incident.changed_at = closed, now
        incident.save(update_fields=["closed_at", "changed_at"])
        pubsub.publish("incident", id=incident.pk)
    return len(going)


def held(incident: Incident) -> list[Held]:
    """Its cases as `cases.holding` judges them."""
    rows = Case.objects.filter(incident=incident).exclude(status=CaseStatus.WITHDRAWN)
    return [
        Held(pk, raised, cleared or over, apart is not None)
        for pk, raised, cleared, over, apart in rows.values_list(
            "pk", "raised_at", "cleared_at", "over_at", "apart_at"
        )
    ]


def _let_go(incident: Incident, cases: set[int]) -> None:
    locked = _locked(cases)
    desk = Desk()
    for case in locked:
        case.apart_at = clock.now()
        if case.status == CaseStatus.OPEN:
            case.claim_by = desk.claim_by(case, clock.now())
        history.touch(case)
    write(locked, ["apart_at", "claim_by", "version", "changed_at"])
    insert_entries([history.entry(case, "let_go", data={"incident": incident.pk}) for case in locked])
    history.tell(locked)


def _belong(cases: set[int], incident: Incident | None) -> None:
    """Put them under the incident, or under none."""
    locked = _locked(cases)
    if not locked:
        return
    desk, now = Desk(), clock.now()
    lines = []
    for case in locked:
        data = {"incident": incident.pk if incident is not None else case.incident_id}
        lines.append(history.entry(case, "left_incident" if incident is None else "gathered", data=data))
        case.incident, case.apart_at = incident, None
        if incident is not None and _goes_with(case, incident):
            case.status, case.owner_id, case.claimed_at = CaseStatus.CLAIMED, incident.owner_id, now
            case.resolve_by = desk.resolve_by(case, now)
            lines.append(history.entry(case, "assigned", data={**data, "member": incident.owner_id}))
        history.touch(case)
    write(locked, BELONGING)
    insert_entries(lines)
    history.tell(locked)


def _goes_with(case: Case, incident: Incident) -> bool:
    """Whether the case becomes that of whoever has the incident: nobody's yet, and no strict queue's that
    they do not work.
    """
    owner = incident.owner_id
    if owner is None or case.status != CaseStatus.OPEN:
        return False
    return not case.queue.strict or turn.in_queue(case.queue_id, owner)


def _locked(cases: set[int]) -> list[Case]:
    return list(
        Case.objects.select_related("session", "queue")
        .select_for_update(of=("self",))
        .filter(pk__in=cases)
        .order_by("pk")
    )
