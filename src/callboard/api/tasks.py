"""Background jobs of the API, thin."""

from __future__ import annotations

from procrastinate.contrib.django import app

from callboard.api import idempotency
from callboard.lib import jobs, tenancy
from callboard.people.models import Organization


@app.periodic(cron="17 * * * *", periodic_id="api.forget_answers")
@jobs.job(retry=False, name="callboard.api.tasks.forget_answers")
def forget_answers(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Every hour: delete the answers kept for requests that nobody will send again."""
    with tenancy.sweep():
        organizations = list(Organization.objects.values_list("pk", flat=True))
    for organization in organizations:
        with tenancy.organization_scope(organization):
            idempotency.forget_old()
