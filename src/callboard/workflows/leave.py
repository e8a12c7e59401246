"""Asking that the organization is deleted, which a hold forbids: what must stay must stay."""

from __future__ import annotations

from django.utils.translation import gettext as _

from callboard.lib.errors import Conflict
from callboard.people.access import Access
from callboard.people.leaving_models import Departure
from callboard.people.operations import departures
from callboard.sessions import retention_queries
from callboard.sessions.operations.keeping import alone


def ask(access: Access, typed: str) -> Departure:
    """As departures.ask_departure. Raises Conflict (`held`) too, while a hold is in force."""
    access.require("data.manage")
    alone()
    if retention_queries.in_force().exists():
        raise Conflict(_("Something is held, and must not be deleted. Lift every hold first."), code="held")
    return departures.ask_departure(access, typed)
