"""Background jobs of the live path, thin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from procrastinate.contrib.django import app

from callboard.lib import jobs
from callboard.live import operations


@app.periodic(cron="17 3 * * *", periodic_id="live.drop_old_reports")
@jobs.job(queue="live", retry=False, name="callboard.live.tasks.drop_old_reports")
def drop_old_reports(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Each night. A run that fails is made good by the next."""
    if settings.ENGINE_DATABASE_URL:
        operations.drop_old_reports(settings.ENGINE_DATABASE_URL)


@jobs.job(queue="live", name="callboard.live.tasks.rules_changed")
def rules_changed(organization: int, fact: dict[str, Any]) -> None:
    """Other rules are in force: the plans of sessions that are not over say so."""
    operations.tell_plans(organization, fact["version"])
