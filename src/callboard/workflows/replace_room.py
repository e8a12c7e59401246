"""A session gets another room, and everyone who is in follows: by a person's wish, or since a server is down.

1. A server is down (`server_down`): each of its rooms that is live or about to be is to be replaced, unless
   the organization has switched that off. While it stays down, those whose time comes are looked for again.
2. `replace` chooses another server, asks it for a room outside any transaction (a room of the next
   generation, so that asking twice is asking once), and
3. records it once: the session's room is the new one, the plan names its node, the log says that the room
   stands, and where the former is lost, that whoever was in by it has left. From here on the door leads to
   the new room, and classrooms that lose theirs ask the door.
   Killed between 2 and 3: asked again, the same room. Killed after: the rest stands in line with it.
4. Where the former room still runs: those who are in are told, and a moment later it is ended, so that they
   come over. Of a server that was down, what is left of the room is ended when it is back (`server_back`).
5. The recording goes on in the new room.
No server can take it, or the provider fails: tried again, a minute apart at most, until the session is over;
for a wish of a person it is said at once. The former server came back before 3: nothing is replaced.
"""

from __future__ import annotations

from dataclasses import replace as replaced
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db.models import Case as Choice
from django.db.models import Q, QuerySet, Value, When
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from callboard.lib import clock, crash, facts, jobs
from callboard.lib.errors import NotFound
from callboard.lib.tenancy import organization_scope
from callboard.live import log
from callboard.live.log.following import lines_after
from callboard.people.models import Organization
from callboard.sessions import operations, queries
from callboard.sessions.facts import RoomReplaced, ServerBack, ServerDown
from callboard.sessions.models import Room, RoomStatus, Server, SessionStatus
from callboard.sessions.operations import servers
from callboard.sessions.ports import (
    CREATE_ROOM,
    END_ROOM,
    MESSAGE,
    ProviderFailed,
    RoomSeen,
)
from callboard.workflows import deeds, recover_recording, rooms
from callboard.workflows.reconcile_rooms.differences import differences
from callboard.workflows.reconcile_rooms.evidence import KINDS, Known

SOON = timedelta(minutes=30)
"""Rooms of sessions that begin within so long are replaced too."""
LOOKED_AGAIN_AFTER = timedelta(seconds=30)
TOLD_BEFORE_THE_END = timedelta(seconds=3)
GOING = (SessionStatus.READY, SessionStatus.LIVE)
DOWN, WISHED = "server_down", "wished"
NO_SERVER = gettext_noop("No server that could take it is enabled and answers.")


# -- since a server is down


@jobs.job(queue="rooms", name="replace_room.server_down")
def server_down(organization: int, fact: dict[str, Any]) -> None:
    """Put in line what is to be replaced, once for each room and time that its server is down."""
    told = facts.read(ServerDown, fact)
    with organization_scope(organization):
        server = Server.objects.filter(pk=told.server).exclude(down_at=None).first()
        if server is None or not queries.care()["replace_lost_rooms"]:
            return
        wanted = [
            {"organization": organization, "session": key, "former": room, "why": DOWN}
            for key, room in _concerned(server)
            if jobs.once(f"replace:{organization}:{room}:{told.at.isoformat()}"[:200])
        ]
        jobs.defer_many(replace, wanted)
        jobs.defer(server_down, at=clock.now() + LOOKED_AGAIN_AFTER, organization=organization, fact=fact)


def _concerned(server: Server) -> list[tuple[str, str]]:
    """Rooms on it of sessions that are live or about to be, the live ones first: (session, external id)."""
    going = Q(session__status=SessionStatus.LIVE) | Q(
        session__status=SessionStatus.READY,
        session__starts_at__lt=clock.now() + SOON,
        session__ends_at__gt=clock.now(),
    )
    first = Choice(When(session__status=SessionStatus.LIVE, then=Value(0)), default=Value(1))
    rows = _standing_on(server).filter(going).order_by(first, "session__starts_at", "pk")
    return list(rows.values_list("session__key", "external_id"))


def _standing_on(server: Server) -> QuerySet[Room]:
    return Room.objects.filter(server=server, status=RoomStatus.READY).exclude(external_id="")


@jobs.job(queue="rooms", name="replace_room.server_back")
def server_back(organization: int, fact: dict[str, Any]) -> None:
    """It answers again: whoever is still in a room that was replaced meanwhile is to come over."""
    told = facts.read(ServerBack, fact)
    with organization_scope(organization):
        moved = Room.objects.filter(
            former__contains=[{"server": told.server}],
            session__status__in=[SessionStatus.READY, SessionStatus.LIVE],
        )
        left = [
            {"organization": organization, "server": told.server, "room": former["external_id"]}
            for room in moved
            for former in room.former
            if former.get("server") == told.server and former["why"] == DOWN
        ]
        jobs.defer_many(retire, left)


# -- the replacement itself


@jobs.job(queue="rooms", retry=jobs.PERSISTENT, name="replace_room.replace")
def replace(organization: int, session: str, former: str, why: str, deed: int = 0) -> None:
    """Steps 2 and 3 for one session, as long as its room is the former one."""
    standing = rooms.standing(organization, session)
    if not _is_wanted(standing, former, why):
        return
    try:
        _replaced(organization, standing, why, deed)
    except ProviderFailed as failure:
        if not deed:
            raise
        deeds.failed(organization, deed, str(failure))


def _is_wanted(standing: rooms.Standing, former: str, why: str) -> bool:
    over = standing.status in {SessionStatus.ENDED, SessionStatus.CANCELLED}
    if over or standing.external_id != former or standing.room != RoomStatus.READY:
        return False
    if why == DOWN and standing.ends_at + SOON < clock.now():
        return False
    return why != DOWN or standing.server_down_at is not None


def _replaced(organization: int, standing: rooms.Standing, why: str, deed: int) -> None:
    """Raises ProviderFailed."""
    with organization_scope(organization):
        besides = [standing.server] if standing.server is not None else []
        server = servers.choose(queries.by_key(standing.session), besides)
    provider = rooms.provider_on(organization, server.pk) if server else None
    if server is None or provider is None or CREATE_ROOM not in provider.capabilities:
        raise ProviderFailed(NO_SERVER)
    room = provider.create_room(standing.order_of(standing.generation + 1))
    room = replaced(room, region=room.region or server.region, node=room.node or server.slug)
    crash.point("replace_room.asked")
    with organization_scope(organization):
        known = _known(standing.session)  # read before the log's lock is taken
        generation = operations.room_replaced(standing.session, standing.external_id, room, server.pk, why)
        if generation is not None:
            _follow_up(organization, standing, known, generation, room.external_id, deed)
    crash.point("replace_room.recorded")
    if generation is None and rooms.standing(organization, standing.session).external_id != room.external_id:
        provider.end_room(room.external_id)


def _follow_up(
    organization: int, standing: rooms.Standing, known: Known, generation: int, room: str, deed: int
) -> None:
    """What follows from it, in its transaction; the log last."""
    lost = standing.server_down_at
    facts.publish(
        RoomReplaced(
            session=standing.session,
            generation=generation,
            external_id=room,
            former=standing.external_id,
            lost=lost is not None,
        )
    )
    if lost is None and standing.server is not None:
        server, former = standing.server, standing.external_id
        soon = clock.now() + TOLD_BEFORE_THE_END
        jobs.defer(tell, organization=organization, server=server, room=former)
        jobs.defer(retire, at=soon, organization=organization, server=server, room=former)
    if deed:
        deeds.note(
            deed,
            generation=generation,
            room=room,
            inside=sorted({who for who, _connection in known.inside()}),
        )
    if lost is not None:
        _say_left(organization, standing.session, known, lost)
    rooms.say_ready([(standing.session, room, clock.now())])


def _known(session: str) -> Known:
    known = Known()
    for stored in lines_after(0, [session], KINDS):
        line = stored.line
        known.take(line.id, line.kind, line.at, line.participant, line.data)
    return known


def _say_left(organization: int, session: str, known: Known, lost: datetime) -> None:
    """Whoever was in by the lost room is not any more, and what its provider recorded has stopped."""
    said = differences(known, RoomSeen(), rooms.micros(lost), stands=True, records=True)
    received = rooms.micros(clock.now())
    log.append(
        [
            log.Line(
                organization, session, one.id, one.kind, one.at, received,
                one.participant, msgspec.json.encode(one.data).decode(),
            )
            for one in said
        ]
    )  # fmt: skip


# -- what becomes of the former room


@jobs.job(queue="rooms", retry=3, name="replace_room.tell")
def tell(organization: int, server: int, room: str) -> None:
    """Those who are in are told what is about to happen."""
    provider = rooms.provider_on(organization, server)
    if provider is None or MESSAGE not in provider.capabilities:
        return
    with organization_scope(organization):
        locale = Organization.objects.values_list("locale", flat=True).get(pk=organization)
    with translation.override(locale):
        words = _("You are being moved to another room. This takes a few seconds.")
    provider.message(room, words)


@jobs.job(queue="rooms", retry=10, name="replace_room.retire")
def retire(organization: int, server: int, room: str) -> None:
    """End a room that was replaced, unless its server is down (again): then when it is back."""
    with organization_scope(organization):
        found = Server.objects.filter(pk=server, down_at=None).exists()
    provider = rooms.provider_on(organization, server) if found else None
    if provider is not None and END_ROOM in provider.capabilities:
        provider.end_room(room)


@jobs.job(queue="rooms", retry=jobs.PERSISTENT, name="replace_room.record_on")
def record_on(organization: int, fact: dict[str, Any]) -> None:
    """The recording goes on: the provider's recorder is asked for in the new room, once for each."""
    told = facts.read(RoomReplaced, fact)
    try:
        standing = rooms.standing(organization, told.session)
    except NotFound:
        return
    if standing.status != SessionStatus.LIVE or standing.external_id != told.external_id:
        return
    recover_recording.ask(organization, told.session, f"room-{told.external_id}", "moved")
