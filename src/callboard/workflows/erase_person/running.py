"""The steps of one erasure, done by a job, and again by another until the last is noted."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from callboard.lib import crash, jobs
from callboard.lib.jobs.retries import Persistent
from callboard.lib.store import StoreFailed
from callboard.lib.tenancy import organization_scope
from callboard.people.operations import erasures
from callboard.people.operations.erased_files import AtWork
from callboard.people.queries import all_organizations
from callboard.workflows.erase_person.steps import STEPS, Step
from callboard.workflows.erase_person.traces import StillRunning

log = logging.getLogger(__name__)

POINTS = ("before_step", "in_step", "after_step", "before_done", "done")
"""Where a drill may kill it, after `erase_person.`; steps on files and the log have points of their own."""


@jobs.job(retry=Persistent(300), name="erase_person.run")
def run(organization: int, erasure: int) -> None:
    """Carry an erasure through. Twice is once."""
    try:
        carry_through(organization, erasure)
    except (StoreFailed, AtWork, StillRunning) as error:
        with organization_scope(organization):
            erasures.step_late(erasure, type(error).__name__)
        raise


def carry_through(organization: int, erasure: int) -> bool:
    """From the first step that is not noted to the last. False where there was nothing to do any more."""
    worked = False
    for step in STEPS:
        with organization_scope(organization):
            found = erasures.sought_by(erasure)
        if found is None:
            return worked
        row, subject = found
        if step.name in row.counts:
            continue
        crash.point("erase_person.before_step")
        if step.in_one:
            with organization_scope(organization):
                count = step.do(subject, row)
                crash.point("erase_person.in_step")
                erasures.step_done(erasure, step.name, count)
        else:
            count = step.do(subject, row)
            crash.point("erase_person.in_step")
            with organization_scope(organization):
                erasures.step_done(erasure, step.name, count)
        worked = True
        crash.point("erase_person.after_step")
    crash.point("erase_person.before_done")
    with organization_scope(organization):
        erasures.erasure_done(erasure)
    crash.point("erase_person.done")
    log.info("erasure %s is done", erasure)
    return worked


@app.periodic(cron="*/5 * * * *", periodic_id="erase_person.resume")
@jobs.job(retry=False, name="erase_person.resume")
def resume(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Every five minutes: one that has no job any more, such as in a restored database, gets another."""
    organizations = all_organizations()
    for organization in organizations:
        with organization_scope(organization):
            for erasure in erasures.running():
                if not jobs.in_line(run, organization=organization, erasure=erasure):
                    jobs.defer(run, organization=organization, erasure=erasure)


def names() -> list[str]:
    """Of all steps, in order."""
    return [step.name for step in STEPS]


__all__ = ["POINTS", "Step", "carry_through", "names", "resume", "run"]
