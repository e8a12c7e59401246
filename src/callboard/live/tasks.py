"""Background jobs of the live path, thin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from procrastinate.contrib.django import app

from callboard.lib import jobs, tenancy
from callboard.live import operations
from callboard.people.models import Organization


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


@jobs.job(queue="live", name="callboard.live.tasks.backtest_asked")
def backtest_asked(organization: int, fact: dict[str, Any]) -> None:
    """Somebody waits for what other rules would have raised."""
    operations.run_backtest(organization, fact["backtest"])


@app.periodic(cron="* * * * *", periodic_id="live.write_signals")
@jobs.job(queue="live", retry=False, name="callboard.live.tasks.write_signals")
def write_signals(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Every minute: what is kept of sessions that have closed. A run that fails is made good by the next."""
    with tenancy.sweep():
        organizations = list(Organization.objects.values_list("pk", flat=True))
    for organization in organizations:
        operations.write_signals(organization)
