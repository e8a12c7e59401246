"""The jobs: once a day of each organization, when its policy or a hold changed, and what was cut short."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from procrastinate.contrib.django import app

from callboard.lib import clock, crash, days, jobs
from callboard.lib.jobs.retries import Persistent
from callboard.lib.store import StoreFailed
from callboard.lib.tenancy import organization_scope
from callboard.people import queries as people
from callboard.people.queries import all_organizations
from callboard.sessions import retention_queries
from callboard.sessions.operations import announcing
from callboard.workflows.retention import by_days, cases, imports, recordings, sessions
from callboard.workflows.retention import people as archived
from callboard.workflows.retention.announcing import begin, look_through
from callboard.workflows.retention.things import Kind

KINDS: tuple[Kind, ...] = (
    recordings.KIND,
    sessions.KIND,
    cases.KIND,
    archived.KIND,
    imports.KIND,
    by_days.READINGS_KIND,
    by_days.CHANGES_KIND,
)
EARLIEST = timedelta(hours=2)
"""After a local midnight: a day is begun with when nobody teaches."""

log = logging.getLogger(__name__)


@app.periodic(cron="47 * * * *", periodic_id="retention.look")
@jobs.job(retry=False, name="retention.look")
def look(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Every hour: whose night has come, whose things are due, or whose run was cut short."""
    organizations = all_organizations()
    for organization in organizations:
        with organization_scope(organization):
            day = days.today(clock.now() - EARLIEST, ZoneInfo(people.organization().zone))
            fresh = jobs.once(f"retention:{organization}:{day}")
            wanted = fresh or retention_queries.waiting()
            if wanted and not jobs.in_line(run, organization=organization):
                jobs.defer(run, organization=organization, lock=_lock(organization))


@jobs.job(retry=Persistent(600), name="retention.run")
def run(organization: int) -> None:
    """Look through everything and delete what is due. Twice is once."""
    carry_out(organization)


@jobs.job(name="retention.changed")
def changed(organization: int, fact: dict[str, Any]) -> None:  # noqa: ARG001 - what holds now counts
    """The policy or a hold is another: say at once what that means."""
    with organization_scope(organization):
        jobs.defer(run, organization=organization, lock=_lock(organization))


def _lock(organization: int) -> str:
    return f"retention:{organization}"


def carry_out(organization: int, kinds: tuple[Kind, ...] = KINDS) -> None:
    """All of it. Raises StoreFailed, when all else is done."""
    failed: StoreFailed | None = None
    for kind in kinds:
        try:
            _finish(organization, kind)
            look_through(organization, kind)
            while begin(organization, kind):
                _finish(organization, kind)
        except StoreFailed as error:
            log.warning("retention of organization %s waits for the store", organization)
            failed = error
    crash.point("retention.before_note")
    with organization_scope(organization):
        announcing.note_deleted()
    if failed is not None:
        raise failed


def _finish(organization: int, kind: Kind) -> None:
    """Delete what was begun with, by this run or one that was cut short."""
    while True:
        with organization_scope(organization):
            units = announcing.begun(kind.name, kind.at_once)
        if not units:
            return
        kind.delete(organization, units)
