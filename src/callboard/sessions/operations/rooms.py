"""What becomes of a session's room, as the workflow that talks to the provider reports it."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F

from callboard.lib import clock, facts, pubsub
from callboard.sessions import queries, rules
from callboard.sessions.facts import RoomReady
from callboard.sessions.models import Room, RoomStatus, Server, Session, SessionStatus
from callboard.sessions.operations import servers
from callboard.sessions.operations.locks import insist
from callboard.sessions.ports import RoomInfo, filled

PROBLEM = 200


def place_room(session_key: str, besides: Collection[int] = ()) -> Server | None:
    """The server on which its wanted room is to open: chosen once, and anew where that one is down or failed.

    Kept with the room, so that asking again after a crash asks the same server. None where there is none.
    """
    room = (
        Room.objects.select_for_update(of=("self",))
        .select_related("session", "server")
        .filter(session__key=session_key, status=RoomStatus.WANTED)
        .first()
    )
    if room is None:
        return None
    kept = room.server
    if kept is not None and kept.enabled and kept.down_at is None and not room.attempts:
        return kept
    failed = [kept.pk] if kept is not None and room.attempts else []
    server = servers.choose(room.session, besides=[*besides, *failed])
    if server != kept:
        room.server = server
        room.save(update_fields=["server"])
    return server


def room_replaced(session_key: str, former: str, room: RoomInfo, server: int, why: str) -> int | None:
    """From now on it happens in another room. Answers the room's generation; None for whoever comes second,
    where its room is not the `former` any more, or where the session is over.

    The plan is told anew, with the new place: incidents go by it. The caller publishes what follows.
    """
    return insist(lambda: _replaced(session_key, former, room, server, why))


def _replaced(session_key: str, former: str, room: RoomInfo, server: int, why: str) -> int | None:
    session = Session.objects.select_for_update().filter(key=session_key).first()
    if session is None or session.status not in rules.MAY_BE["replace_room"]:
        return None
    row = Room.objects.select_for_update(of=("self",)).select_related("server").get(session=session)
    if row.status != RoomStatus.READY or row.external_id != former:
        return None
    moment = clock.now()
    left = {"external_id": former, "node": row.node, "server": row.server_id,
            "until": moment.isoformat(), "why": why}  # fmt: skip
    row.former = [*row.former, left]
    row.generation += 1
    row.external_id, row.url, row.region, row.node = room.external_id, room.url, room.region, room.node
    row.server_id, row.ready_at, row.problem = server, moment, ""
    row.save()
    session.version += 1
    session.save(update_fields=["version"])
    pubsub.publish("session", key=session.key, status=session.status)
    filled.plan_log.write_plans(queries.planned([session]))
    return row.generation


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
