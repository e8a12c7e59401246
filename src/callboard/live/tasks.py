"""Background jobs of the live path, thin."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from callboard.lib import jobs
from callboard.live import operations
from callboard.people.queries import all_organizations


@app.periodic(cron="17 3 * * *", periodic_id="live.drop_old_reports")
@jobs.job(queue="live", retry=False, name="callboard.live.tasks.drop_old_reports")
def drop_old_reports(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Each night. A run that fails is made good by the next."""
    if settings.ENGINE_DATABASE_URL:
        operations.drop_old_reports(settings.ENGINE_DATABASE_URL)


@app.periodic(cron="* * * * *", periodic_id="live.write_signals")
@jobs.job(queue="live", retry=False, name="callboard.live.tasks.write_signals")
def write_signals(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Every minute: what is kept of sessions that have closed. A run that fails is made good by the next."""
    organizations = all_organizations()
    for organization in organizations:
        operations.write_signals(organization)
