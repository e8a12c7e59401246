"""Background jobs about people, thin."""

from __future__ import annotations

from procrastinate.contrib.django import app

from callboard.lib import jobs, tenancy
from callboard.people.operations import imports
from callboard.people.queries import all_organizations


@app.periodic(cron="23 4 * * *", periodic_id="people.tidy_imports")
@jobs.job(retry=False, name="callboard.people.tasks.tidy_imports")
def tidy_imports(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Each night: files that nobody came back for go."""
    organizations = all_organizations()
    for organization in organizations:
        with tenancy.organization_scope(organization):
            imports.tidy()
