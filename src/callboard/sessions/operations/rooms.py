"""What becomes of a session's room, as the workflow that talks to the provider reports it."""

from __future__ import annotations

from django.db.models import F

from callboard.lib import clock, facts, pubsub
from callboard.sessions import queries
from callboard.sessions.facts import RoomReady
from callboard.sessions.models import Room, RoomStatus, Session, SessionStatus
from callboard.sessions.operations.locks import insist
from callboard.sessions.ports import filled

PROBLEM = 200


def room_ready(session_key: str, external_id: str, url: str = "", region: str = "", node: str = "") -> bool:
    """The room stands. True for whoever says so first; false where no room is wanted (any more).

    The plan is told anew where the room's place is known and the session has not begun: incidents go by it.
    """
    return insist(lambda: _ready(session_key, external_id, url, region, node))


def _ready(session_key: str, external_id: str, url: str, region: str, node: str) -> bool:
    session = Session.objects.select_for_update().filter(key=session_key).first()
    if session is None:
        return False
    moment = clock.now()
    taken = Room.objects.filter(session=session, status=RoomStatus.WANTED).update(
        status=RoomStatus.READY,
        external_id=external_id,
        url=url,
        region=region,
        node=node,
        problem="",
        ready_at=moment,
    )
    if not taken:
        return False
    if session.status == SessionStatus.SCHEDULED:
        session.status = SessionStatus.READY
    replanned = bool(region or node) and moment < session.starts_at
    if replanned:
        session.version += 1
    session.save(update_fields=["status", "version"])
    facts.publish(RoomReady(session=session.key, external_id=external_id))
    pubsub.publish("session", key=session.key, status=session.status)
    if replanned:
        filled.plan_log.write_plans(queries.planned([session]))
    return True


def room_problem(session_key: str, problem: str) -> None:
    """An attempt failed: counted, and shown where the session is shown."""
    changed = Room.objects.filter(session__key=session_key, status=RoomStatus.WANTED).update(
        attempts=F("attempts") + 1, problem=problem[:PROBLEM]
    )
    if changed:
        session = queries.by_key(session_key)
        pubsub.publish("session", key=session.key, status=session.status)


def room_closed(session_key: str) -> bool:
    """The room is gone, or wanted no more. Twice is once."""
    return bool(
        Room.objects.filter(session__key=session_key)
        .exclude(status=RoomStatus.CLOSED)
        .update(status=RoomStatus.CLOSED, closed_at=clock.now())
    )
