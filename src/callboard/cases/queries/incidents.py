"""Incidents and the cases that stand under them."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from callboard.cases.models import Case, Incident
from callboard.lib.errors import NotFound
from callboard.people.access import Access

HELD = Q(
    incident__isnull=False, apart_at=None, incident__closed_at=None, incident__withdrawn_at=None, over_at=None
)
"""Cases that stand under an incident, and so not for themselves."""


def incidents(access: Access, *, open_only: bool = False) -> QuerySet[Incident]:
    """Latest first, those that never were left out. Open: one of its cases still stands under it."""
    access.require("cases.read")
    rows = Incident.objects.select_related("owner__user").filter(withdrawn_at=None)
    rows = rows.order_by("-raised_at", "-pk")
    return rows.filter(closed_at=None, cleared_at=None) if open_only else rows


def incident(access: Access, incident_id: int) -> Incident:
    """Raises NotFound."""
    found = incidents(access).filter(pk=incident_id).first()
    if found is None:
        raise NotFound(_("There is no such incident."), code="incident_not_found")
    return found


def members(incident: Incident) -> QuerySet[Case]:
    """Its cases, those let go too, in the order in which they were raised."""
    return (
        Case.objects.filter(incident=incident)
        .select_related("session__room", "person", "queue", "owner__user", "previous", "incident")
        .order_by("raised_at", "pk")
    )
