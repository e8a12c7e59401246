"""An organization is to be deleted: asked for by name, seven days to think better of it. All need its scope,
except `stands`; what is done then is workflows.close_organization's.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from callboard.lib import clock, pubsub, tenancy
from callboard.lib.errors import Conflict, Invalid
from callboard.people.access import Access
from callboard.people.leaving_models import Departure, DepartureStatus
from callboard.people.models import Organization
from callboard.people.operations import changes

GRACE = timedelta(days=7)


def ask_departure(access: Access, typed: str) -> Departure:
    """From seven days on all of it is deleted. `typed`: the organization's name.

    Raises Forbidden, Invalid by field, Conflict (`leaving_already`).
    """
    access.require("data.manage")
    organization = Organization.objects.select_for_update().get()
    if " ".join(typed.split()).casefold() != " ".join(organization.name.split()).casefold():
        raise Invalid(fields={"typed": _("This is not the organization's name as it stands above.")})
    if departure() is not None:
        raise Conflict(_("It is to be deleted already."), code="leaving_already")
    now = clock.now()
    made = Departure.objects.create(asked_at=now, asked_by_id=access.member, due_at=now + GRACE)
    changes.note(changes.DATA, "", {}, {"deleted_from": made.due_at.isoformat()}, access)
    pubsub.publish("organization", id=access.organization)
    return made


def keep_organization(access: Access) -> Departure:
    """Think better of it. Raises Forbidden, Conflict (`not_leaving`, `too_late`)."""
    access.require("data.manage")
    Organization.objects.select_for_update().get()
    found = departure()
    if found is None:
        raise Conflict(_("It is not to be deleted."), code="not_leaving")
    if found.status != DepartureStatus.WAITING:
        raise Conflict(_("It is being deleted already."), code="too_late")
    found.status, found.kept_at, found.kept_by_id = DepartureStatus.KEPT, clock.now(), access.member
    found.save(update_fields=["status", "kept_at", "kept_by"])
    changes.note(changes.DATA, "", {"deleted_from": found.due_at.isoformat()}, {}, access)
    pubsub.publish("organization", id=access.organization)
    return found


def departure() -> Departure | None:
    """The one that stands, if any."""
    return Departure.objects.exclude(status=DepartureStatus.KEPT).first()


def stands(organization: int) -> bool:
    """Whether there is such an organization, and it is not being deleted."""
    with tenancy.organization_scope(organization):
        going = Departure.objects.filter(status=DepartureStatus.RUNNING)
        return Organization.objects.filter(pk=organization).exists() and not going.exists()


def begin_departure() -> Departure | None:
    """The one whose time has come, running from now on; None where there is none."""
    Organization.objects.select_for_update().get()
    found = departure()
    if found is None or (found.status == DepartureStatus.WAITING and found.due_at > clock.now()):
        return None
    if found.status == DepartureStatus.WAITING:
        found.status = DepartureStatus.RUNNING
        found.save(update_fields=["status"])
    return found


def begin_again() -> Departure:
    """After a restore, what was deleted already: at once."""
    now = clock.now()
    found, _made = Departure.objects.exclude(status=DepartureStatus.KEPT).get_or_create(
        defaults={"asked_at": now, "due_at": now}
    )
    found.status = DepartureStatus.RUNNING
    found.save(update_fields=["status"])
    return found


def departure_step(departure_id: int, step: str, told: object) -> None:
    found = Departure.objects.select_for_update().get(pk=departure_id)
    if step not in found.counts:
        found.counts[step] = told
        found.save(update_fields=["counts"])
