"""What a person does to an incident: to all the cases that it holds at once, each with its own outcome."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from callboard.cases.models import Case, CaseStatus, Incident
from callboard.cases.operations import history, turn
from callboard.cases.operations.bulk import Many, act_on
from callboard.lib import clock, pubsub
from callboard.lib.errors import Conflict, NotFound
from callboard.lib.tenancy import organization_scope
from callboard.people.access import Access


def claim_incident(access: Access, incident_id: int, override: bool = False) -> Many:
    """Take an incident, and with it all of its cases that are nobody's; what joins it later is theirs too.

    Raises Conflict `already_claimed` where another has it, Forbidden as claiming a case does.
    """
    with organization_scope(access.organization), history.batch():
        member = turn.actor(access)
        incident = _locked(incident_id)
        if incident.owner_id not in (None, member):
            raise _taken(incident)
        free = _standing(incident).filter(status__in=[CaseStatus.OPEN, CaseStatus.SNOOZED])
        wanted = list(free.values_list("pk", flat=True))
        done = act_on(access, wanted, "claim", override=override) if wanted else Many("", ())
        if wanted and not done.done:
            refused = done.failed[0]
            raise Conflict(refused.words, code=refused.code)
        give(incident, member)
        return done


def assign_incident(access: Access, incident_id: int, member_id: int) -> Many:
    """Hand an incident with all of its cases to a colleague, or take it over."""
    with organization_scope(access.organization), history.batch():
        turn.actor(access)
        incident = _locked(incident_id)
        turn.colleague(member_id)
        wanted = list(_standing(incident).values_list("pk", flat=True))
        done = act_on(access, wanted, "assign", member_id=member_id) if wanted else Many("", ())
        give(incident, member_id)
        return done


def release_incident(access: Access, incident_id: int) -> Many:
    """Give one's incident back to everybody, with those of its cases that one has."""
    with organization_scope(access.organization), history.batch():
        member = turn.actor(access)
        incident = _locked(incident_id)
        if incident.owner_id not in (None, member):
            raise _taken(incident)
        mine = _standing(incident).filter(owner_id=member)
        wanted = list(mine.values_list("pk", flat=True))
        done = act_on(access, wanted, "release") if wanted else Many("", ())
        give(incident, None)
        return done


def act_on_incident(access: Access, incident_id: int, action: str, **params: Any) -> Many:
    """Do the same to every case that it holds. Raises Conflict `already_over` where it holds none."""
    with organization_scope(access.organization):
        incident = _locked(incident_id)
        wanted = list(_standing(incident).order_by("raised_at", "pk").values_list("pk", flat=True))
        if not wanted:
            raise Conflict(_("None of its cases stands any more."), code="already_over")
        done = act_on(access, wanted, action, **params)
        incident.changed_at = clock.now()
        incident.save(update_fields=["changed_at"])
        pubsub.publish("incident", id=incident.pk)
        return done


def _standing(incident: Incident) -> QuerySet[Case]:
    return Case.objects.filter(incident=incident, apart_at=None, over_at=None)


def _locked(incident_id: int) -> Incident:
    found = (
        Incident.objects.select_related("owner__user")
        .select_for_update(of=("self",))
        .filter(pk=incident_id, withdrawn_at=None)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such incident."), code="incident_not_found")
    return found


def _taken(incident: Incident) -> Conflict:
    owner = incident.owner
    name = (owner.user.name or owner.user.email) if owner is not None else ""
    return Conflict(
        _("%(name)s has this incident already.") % {"name": name},
        code="already_claimed",
        owner={"id": incident.owner_id, "name": name},
    )


def give(incident: Incident, member: int | None) -> None:
    """Say who has it, or (None) that nobody has. Its cases stay as they are."""
    now = clock.now()
    incident.owner_id, incident.claimed_at = member, now if member is not None else None
    incident.changed_at = now
    incident.save(update_fields=["owner", "claimed_at", "changed_at"])
    pubsub.publish("incident", id=incident.pk)
