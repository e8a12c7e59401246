"""The effects of what the engine said, in the open transaction of its commit, organization by organization.

1. Recorders; sessions go live and end.
2. Cases are raised, cleared, reopened, withdrawn; then incidents, which gather them.
3. Promises are met, late, missed.
4. Attendance and the boards' state.
5. Word that boards changed.
Each is right to be done twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from callboard.cases.operations import apply, raise_incident, withdraw_incident
from callboard.lib import pubsub
from callboard.lib.tenancy import organization_scope
from callboard.live.engine.moments import moment_of
from callboard.live.engine.outputs import IncidentWithdrawn, SessionChanged
from callboard.live.runner import boards, promises
from callboard.live.runner.recorders import Recorders
from callboard.live.runner.told import IncidentOutput, Told
from callboard.sessions.operations import ended, went_live

MANY = 50
"""Sessions that one word about boards names; with more it says only that there were many."""


def write(told: Mapping[int, Told], views: boards.Views, recorders: Sequence[Recorders]) -> None:
    """Needs an open transaction."""
    for organization in sorted(set(told).union(*(one.organizations() for one in recorders))):
        mine = told.get(organization) or Told()
        with organization_scope(organization):
            for one in recorders:
                one.write(organization)
            _sessions(mine.sessions.values())
            apply(mine.cases)
            _incidents(mine.incidents)
            promises.record(mine.promises.values())
            pks = boards.session_pks(organization, {*mine.changed, *(key for key, _ in mine.attendance)})
            boards.write_attendance(pks, mine.attendance.values())
            boards.write_states(pks, {key: views(organization, key) for key in mine.changed if key in pks})
            _say(mine.changed)


def _sessions(changes: Iterable[SessionChanged]) -> None:
    for change in changes:
        if change.status == "live":
            went_live(change.session, moment_of(change.started_at) if change.started_at else None)
        elif change.status == "ended":
            ended(change.session, moment_of(change.ended_at) if change.ended_at else None)


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
