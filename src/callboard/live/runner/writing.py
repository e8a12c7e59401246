"""The effects of what the engine said, in the open transaction of its commit, organization by organization.

1. Cases are raised, cleared, reopened, withdrawn; then incidents, which gather them. First, since people who
   act on a case lock the case before its session.
2. Recorders; sessions go live and end.
3. Promises are met, late, missed.
4. Attendance, the boards' state, and word that boards changed.
Each is right to be done twice. What the database refuses as bad data in one step of one organization is said
in the log of the process and left out: it must stop neither the other steps nor the other organizations.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from django.db import DataError, IntegrityError, connection

from callboard.cases.operations import apply, raise_incident, withdraw_incident
from callboard.lib import clock, pubsub
from callboard.lib.tenancy import organization_scope
from callboard.live.engine.moments import moment_of
from callboard.live.engine.outputs import IncidentWithdrawn, SessionChanged
from callboard.live.runner import promises
from callboard.live.runner.boards import Boards
from callboard.live.runner.recorders import Recorders
from callboard.live.runner.told import IncidentOutput, Told
from callboard.sessions.operations import all_ended, all_went_live

log = logging.getLogger(__name__)

REFUSED = (DataError, IntegrityError)

MANY = 50
"""Sessions that one word about boards names; with more it says only that there were many."""


def write(told: Mapping[int, Told], boards: Boards, recorders: Sequence[Recorders]) -> None:
    """Needs an open transaction. Keys are checked as rows are written: at the commit, a row that refers to
    one which is gone would take with it what everybody else was told.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for organization in sorted(set(told).union(*(one.organizations() for one in recorders))):
        mine = told.get(organization) or Told()
        steps: dict[str, Callable[[], object]] = {
            "cases": partial(apply, mine.cases),
            "incidents": partial(_incidents, mine.incidents),
            "recorders": partial(_recorders, organization, recorders),
            "sessions": partial(_sessions, mine.sessions.values()),
            "promises": partial(promises.record, mine.promises.values()),
            "boards": partial(_boards, organization, mine, boards),
        }
        try:
            with organization_scope(organization):
                for step in steps.values():
                    step()
        except REFUSED:
            boards.forget()
            _one_by_one(organization, steps)


def _one_by_one(organization: int, steps: Mapping[str, Callable[[], object]]) -> None:
    for name, step in steps.items():
        try:
            with organization_scope(organization):
                step()
        except REFUSED as error:
            kind = type(error).__name__
            log.error("the %s of organization %s were refused and left out: %s", name, organization, kind)


def _recorders(organization: int, recorders: Sequence[Recorders]) -> None:
    for one in recorders:
        one.write(organization)


def _boards(organization: int, mine: Told, boards: Boards) -> None:
    boards.write(organization, mine.changed, mine.attendance.values())
    _say(mine.changed)


def _sessions(changes: Iterable[SessionChanged]) -> None:
    now = clock.now()
    live, over = {}, {}
    for change in changes:
        if change.status == "live":
            live[change.session] = now if change.started_at is None else moment_of(change.started_at)
        elif change.status == "ended":
            over[change.session] = now if change.ended_at is None else moment_of(change.ended_at)
    all_went_live(live)
    all_ended(over)


def _incidents(changes: Iterable[IncidentOutput]) -> None:
    for change in changes:
        incident = change.incident
        raised_at = moment_of(incident.raised_at)
        if isinstance(change, IncidentWithdrawn):
            withdraw_incident(incident.key, incident.kind, raised_at, moment_of(change.withdrawn_at))
        else:
            cleared_at = None if incident.cleared_at is None else moment_of(incident.cleared_at)
            raise_incident(incident.key, incident.kind, incident.sessions, raised_at, cleared_at)


def _say(changed: set[str]) -> None:
    if changed:
        few = len(changed) <= MANY
        pubsub.publish_many("live", [{"sessions": sorted(changed)} if few else {"many": True}])
