"""Background jobs of the API, thin."""

from __future__ import annotations

from procrastinate.contrib.django import app

from callboard.api import idempotency
from callboard.lib import jobs, tenancy
from callboard.people.queries import all_organizations


@app.periodic(cron="17 * * * *", periodic_id="api.forget_answers")
@jobs.job(retry=False, name="callboard.api.tasks.forget_answers")
def forget_answers(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Every hour: delete the answers kept for requests that nobody will send again."""
    organizations = all_organizations()
    for organization in organizations:
        with tenancy.organization_scope(organization):
            idempotency.forget_old()
