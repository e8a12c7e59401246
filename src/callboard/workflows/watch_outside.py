"""A session whose room tells us nothing is watched by its people: who passes our door is in.

1. Someone passes the door to a room that can be neither polled nor asked: the evidence of it lies in the log,
   as a connection of its own, and a job waits for the session's planned end.
2. At that end whoever passed the door is out; nobody else will say so, and they must not seem to stay for
   ever. The session was moved or extended meanwhile: the job waits for its new end. Killed: it runs again,
   and what it wrote has the same ids.
What the same people's browsers, or anyone by the events API, tell of other connections counts beside it.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from callboard.lib import clock, jobs
from callboard.lib.errors import NotFound
from callboard.lib.tenancy import organization_scope
from callboard.live import log
from callboard.live.log.following import lines_after
from callboard.sessions import queries
from callboard.workflows.reconcile_rooms.differences import Said, micros
from callboard.workflows.reconcile_rooms.evidence import KINDS, Known
from callboard.workflows.reconcile_rooms.saying import left

DOOR = "door-"
"""What the names of connections begin with that the door tells of."""

GRACE = timedelta(seconds=5)


def came(organization: int, session: str, person: str) -> None:
    """Someone has been let in at the door."""
    now = clock.now()
    connection = f"{DOOR}{person}"
    at = micros(now)
    said = Said(f"join-{connection}-{at}", "participant.joined", at, person, {"connection": connection})
    with organization_scope(organization):
        ends_at = queries.by_key(session).ends_at
        if jobs.once(f"watch_outside:{organization}:{session}:{ends_at.isoformat()}"):
            jobs.defer(over, at=ends_at + GRACE, organization=organization, session=session)
        _write(organization, session, [said])


@jobs.job(queue="rooms", name="watch_outside.over")
def over(organization: int, session: str) -> None:
    """Its planned end has come, or had come when this was put in line."""
    now = clock.now()
    with organization_scope(organization):
        try:
            ends_at = queries.by_key(session).ends_at
        except NotFound:
            return
        if ends_at > now:
            if jobs.once(f"watch_outside:{organization}:{session}:{ends_at.isoformat()}"):
                jobs.defer(over, at=ends_at + GRACE, organization=organization, session=session)
            return
        known = Known()
        for stored in lines_after(0, [session], KINDS):
            line = stored.line
            known.take(line.id, line.kind, line.at, line.participant, line.data)
        at = micros(max(ends_at, min(now, ends_at + GRACE)))
        _write(
            organization,
            session,
            [left(known, who, name, at) for who, name in known.inside() if name.startswith(DOOR)],
        )


def _write(organization: int, session: str, said: list[Said]) -> None:
    """Last of all in its transaction: the log's lock is held until the commit."""
    received = micros(clock.now())
    log.append(
        [
            log.Line(
                organization, session, one.id, one.kind, one.at, received, one.participant,
                msgspec.json.encode(one.data).decode(),
            )
            for one in said
        ]
    )  # fmt: skip
