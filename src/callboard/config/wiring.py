"""Which adapter fills which port. The one place that knows them all."""

from __future__ import annotations


def wire() -> None:
    """Fill every port. Called once, when Django is ready; calling it again changes nothing."""
    from django.conf import settings

    from callboard.cases import ports as cases
    from callboard.cases.queries.strangers import OpenCases
    from callboard.expectations.operations import SessionPromises
    from callboard.lib.postgres import loaders
    from callboard.live.log import PlanLog
    from callboard.live.routing import PolicyRouting
    from callboard.sessions.ports import filled

    loaders.register()
    filled.plan_log = PlanLog()
    filled.promises = SessionPromises()
    filled.strangers = OpenCases()
    cases.filled.routing = PolicyRouting()
    kinds_of_files()
    integrations()
    health()
    after_a_restore()
    if settings.DEMO:
        from callboard.demo.provider import adapter

        adapter.register()


def kinds_of_files() -> None:
    """Register what can be brought in from a file: the one list of it."""
    from callboard.integrations.ical.kind import Calendar
    from callboard.integrations.oneroster.kind import OneRoster
    from callboard.people import imports
    from callboard.people.operations.rosters import People
    from callboard.sessions.operations.timetables import Sessions

    kinds: tuple[imports.Kind, ...] = (People(), OneRoster(), Sessions(), Calendar())
    for kind in kinds:
        imports.register(kind)


def integrations() -> None:
    """Register each outside system that the installation can talk to: the one list of them."""
    from callboard.integrations.bigbluebutton import declared as bigbluebutton
    from callboard.integrations.livekit import declared as livekit
    from callboard.integrations.outside import declared as outside

    livekit.declare()
    bigbluebutton.declare()
    outside.declare()


def after_a_restore() -> None:
    """Register what is done to a database that was restored, before anybody works on it."""
    from callboard.lib.backups import after
    from callboard.workflows.erase_person.again import erase_again
    from callboard.workflows.retention.again import announce_again

    after.register("erasures", erase_again)
    after.register("announcements", announce_again)


def health() -> None:
    """Register what is looked at by `callboard doctor` and the page under Settings, in their order."""
    from callboard.config import health as deployment
    from callboard.lib import health as checks
    from callboard.lib.jobs import health as jobs
    from callboard.lib.postgres import health as database
    from callboard.live import health as engine
    from callboard.sessions import health as rooms

    checks.register(*database.all_checks())
    checks.register(*deployment.all_checks())
    checks.register(*jobs.all_checks())
    checks.register(*engine.all_checks())
    checks.register(*rooms.all_checks())
