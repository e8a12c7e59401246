"""Background jobs of promises, thin."""

from __future__ import annotations

from procrastinate.contrib.django import app

from callboard.expectations import operations, registry
from callboard.lib import jobs, tenancy
from callboard.people.models import Organization


@app.periodic(cron="* * * * *", periodic_id="expectations.mind_due")
@jobs.job(retry=False, name="callboard.expectations.tasks.mind_due")
def mind_due(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Every minute: what jobs judge and nobody kept in time is missed, in every organization.

    A run that fails is made good by the next.
    """
    if all(kind.live for kind in registry.kinds().values()):
        return
    with tenancy.sweep():
        organizations = list(Organization.objects.values_list("pk", flat=True))
    for organization in organizations:
        with tenancy.organization_scope(organization):
            operations.mind_due()
