"""Background jobs about people, thin."""

from __future__ import annotations

from procrastinate.contrib.django import app

from callboard.lib import jobs, tenancy
from callboard.people.models import Organization
from callboard.people.operations import imports


@app.periodic(cron="23 4 * * *", periodic_id="people.tidy_imports")
@jobs.job(retry=False, name="callboard.people.tasks.tidy_imports")
def tidy_imports(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Each night: files that nobody came back for go."""
    with tenancy.sweep():
        organizations = list(Organization.objects.values_list("pk", flat=True))
    for organization in organizations:
        with tenancy.organization_scope(organization):
            imports.tidy()
