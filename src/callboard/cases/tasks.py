"""Background jobs of cases, thin."""

from __future__ import annotations

from procrastinate.contrib.django import app

from callboard.cases import operations
from callboard.lib import jobs, tenancy
from callboard.people.models import Organization


@app.periodic(cron="* * * * * */10", periodic_id="cases.mind_deadlines")
@jobs.job(queue="cases", retry=False, name="callboard.cases.tasks.mind_deadlines")
def mind_deadlines(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Every ten seconds: what is due to come back, wake, or be called late, in every organization.

    A run that fails is made good by the next.
    """
    with tenancy.sweep():
        organizations = list(Organization.objects.values_list("pk", flat=True))
    for organization in organizations:
        with tenancy.organization_scope(organization):
            operations.mind_deadlines()
