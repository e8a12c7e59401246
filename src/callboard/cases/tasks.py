"""Background jobs of cases, thin."""

from __future__ import annotations

from procrastinate.contrib.django import app

from callboard.cases import operations
from callboard.lib import days, jobs, tenancy
from callboard.people.queries import all_organizations, zones_of_all


@app.periodic(cron="* * * * * */10", periodic_id="cases.mind_deadlines")
@jobs.job(queue="cases", retry=False, name="callboard.cases.tasks.mind_deadlines")
def mind_deadlines(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Every ten seconds: what is due to come back, wake, or be called late, in every organization.

    A run that fails is made good by the next.
    """
    organizations = all_organizations()
    for organization in organizations:
        with tenancy.organization_scope(organization):
            operations.mind_deadlines()
            operations.mind_incidents()


@app.periodic(cron="*/10 * * * *", periodic_id="cases.roll_up")
@jobs.job(retry=False, name="callboard.cases.tasks.roll_up")
def roll_up(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Every ten minutes: the days just over are counted anew. A run that fails is made good by the next."""
    for organization, zone in zones_of_all():
        with tenancy.organization_scope(organization):
            operations.roll_up(zone)
            operations.roll_up_touches(zone)


@app.periodic(cron="43 3 * * *", periodic_id="cases.roll_up_month")
@jobs.job(retry=False, name="callboard.cases.tasks.roll_up_month")
def roll_up_month(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Each night: what came late is counted too."""
    for organization, zone in zones_of_all():
        with tenancy.organization_scope(organization):
            operations.roll_up(zone, days.ROLLED_NIGHTLY)
            operations.roll_up_touches(zone, days.ROLLED_NIGHTLY)
