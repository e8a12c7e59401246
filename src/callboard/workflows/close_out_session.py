"""A session that is over, or off, gives back its room.

1. A person ended it, or it was cancelled: its room is ended at the provider at once.
2. The evidence says that it ended: its room stays for `LINGER` after the planned end, since people come back,
   and is ended then, if nobody has planned the session anew.
3. The room is closed in our books. Killed between the two: ended again, which is no failure, and closed.
The provider fails: tried again, a minute apart at most, for a day. Past that a room that nobody uses is its
provider's to sweep up.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from callboard.lib import clock, crash, facts, jobs
from callboard.lib.tenancy import organization_scope
from callboard.sessions import operations
from callboard.sessions.facts import SessionCancelled, SessionEnded
from callboard.sessions.models import RoomStatus, SessionStatus
from callboard.sessions.ports import END_ROOM
from callboard.workflows import rooms

LINGER = timedelta(minutes=30)
GIVEN_UP_AFTER = timedelta(days=1)


@jobs.job(name="close_out_session.ended")
def ended(organization: int, fact: dict[str, Any]) -> None:
    """It is over."""
    told = facts.read(SessionEnded, fact)
    standing = rooms.standing(organization, told.session)
    at = None if told.asked else max(told.at, standing.ends_at) + LINGER
    with organization_scope(organization):
        if jobs.once(f"close_out:{organization}:{told.session}:{told.at.isoformat()}"):
            jobs.defer(close_room, at=at, organization=organization, session=told.session)


@jobs.job(name="close_out_session.cancelled")
def cancelled(organization: int, fact: dict[str, Any]) -> None:
    """It will not happen."""
    told = facts.read(SessionCancelled, fact)
    with organization_scope(organization):
        if jobs.once(f"close_out:{organization}:{told.session}:v{told.version}"):
            jobs.defer(close_room, organization=organization, session=told.session)


@jobs.job(queue="rooms", retry=jobs.PERSISTENT, name="close_out_session.close_room")
def close_room(organization: int, session: str) -> None:
    """End the session's room, unless it is wanted again."""
    standing = rooms.standing(organization, session)
    if standing.status not in {SessionStatus.ENDED, SessionStatus.CANCELLED}:
        return
    if standing.room == RoomStatus.CLOSED or clock.now() > standing.ends_at + GIVEN_UP_AFTER:
        return
    if standing.stands and standing.can(END_ROOM) and standing.provider is not None:
        standing.provider.end_room(standing.external_id)
    crash.point("close_out_session.room_ended")
    with organization_scope(organization):
        operations.room_closed(session)
