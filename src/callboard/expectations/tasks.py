"""Background jobs of promises, thin."""

from __future__ import annotations

from procrastinate.contrib.django import app

from callboard.expectations import operations, registry
from callboard.lib import days, jobs, tenancy
from callboard.people.queries import all_organizations, zones_of_all


@app.periodic(cron="* * * * *", periodic_id="expectations.mind_due")
@jobs.job(retry=False, name="callboard.expectations.tasks.mind_due")
def mind_due(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Every minute: what jobs judge and nobody kept in time is missed, in every organization.

    A run that fails is made good by the next.
    """
    if all(kind.live for kind in registry.kinds().values()):
        return
    organizations = all_organizations()
    for organization in organizations:
        with tenancy.organization_scope(organization):
            operations.mind_due()


@app.periodic(cron="*/10 * * * *", periodic_id="expectations.roll_up")
@jobs.job(retry=False, name="callboard.expectations.tasks.roll_up")
def roll_up(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Every ten minutes: the days just over are counted anew. A run that fails is made good by the next."""
    for organization, zone in zones_of_all():
        with tenancy.organization_scope(organization):
            operations.roll_up(zone)


@app.periodic(cron="41 3 * * *", periodic_id="expectations.roll_up_month")
@jobs.job(retry=False, name="callboard.expectations.tasks.roll_up_month")
def roll_up_month(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Each night: evidence that came days late is counted too."""
    for organization, zone in zones_of_all():
        with tenancy.organization_scope(organization):
            operations.roll_up(zone, days.ROLLED_NIGHTLY)
