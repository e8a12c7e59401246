"""Many cases with one cause. Needs an open transaction in an organization's scope.

The members of an incident are the cases of its kind in its sessions, from two minutes before it was raised
(the third session's case raises it, the first lies up to 120 s before) until it cleared.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from callboard.cases.models import Case, CaseStatus, Incident
from callboard.cases.operations import history
from callboard.cases.operations.writing import write
from callboard.lib import clock, pubsub

SPAN = timedelta(seconds=120)


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
    incident.save(update_fields=["cleared_at", "withdrawn_at", "changed_at"])
    _belong(members - former, incident)
    _belong(former - members, None)
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


def _belong(cases: set[int], incident: Incident | None) -> None:
    locked = list(
        Case.objects.select_related("session")
        .select_for_update(of=("self",))
        .filter(pk__in=cases)
        .order_by("pk")
    )
    for case in locked:
        case.incident = incident
        history.touch(case)
    write(locked, ["incident_id", "version", "changed_at"])
    history.tell(locked)
