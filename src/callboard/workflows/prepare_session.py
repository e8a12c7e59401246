"""A booked session gets its room.

1. Booked, or planned anew: a job per session whose room is wanted. One whose room stands already is told to
   the log of evidence. Killed: the job runs again; what was put in line is put in line once, with it.
2. Where its provider has servers, the room is opened `AHEAD` of the start and no sooner: open rooms cost them
   memory, and which server is near, free and up is known best then. A session that was moved is asked for
   anew, so that one that now begins sooner gets its room in time.
3. Where its provider has servers, one is chosen near the session's people, and kept with the room: asked
   again after a crash, it is the same. Where it failed, the next attempt goes to another. None is there: said
   with the session, and looked for again.
4. `provision` asks the provider, outside any transaction. It fails: the attempt is counted and its reason
   shown with the session, and it is tried again, a minute apart at most, until the session is over; the
   engine raises `room_not_ready` in time. Killed before the answer: asked again; a provider gives the same
   room for the same session.
5. The answer is recorded, once: the room is ready, the evidence of it lies in the log, boards are told.
   Killed between 4 and 5: asked again, the same room, recorded then.
6. Nobody wants it any more (cancelled meanwhile): the room is ended at the provider at once.
A provider that is not set up here prepares its rooms itself: that is said, and not tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop

from callboard.lib import clock, crash, facts, jobs
from callboard.lib.tenancy import organization_scope
from callboard.sessions import operations, queries
from callboard.sessions.facts import SessionMoved, SessionsBooked
from callboard.sessions.models import Room, RoomStatus, SessionStatus
from callboard.sessions.ports import CREATE_ROOM, END_ROOM, ProviderFailed, RoomInfo, RoomProvider, providers
from callboard.workflows import rooms

AHEAD = timedelta(hours=3)
"""More than any rule of the engine may ask for (`room_ready_before_s`)."""
NOT_SET_UP = gettext_noop("This provider is not set up here; its rooms are prepared elsewhere.")
NO_SERVER = gettext_noop("No server that could take it is enabled and answers.")
UNEXPECTED = gettext_noop("The provider failed in a way that it does not name.")


@jobs.job(name="prepare_session.booked")
def booked(organization: int, fact: dict[str, Any]) -> None:
    """Sessions were booked."""
    with organization_scope(organization):
        _begin(organization, facts.read(SessionsBooked, fact).sessions)


@jobs.job(name="prepare_session.moved")
def moved(organization: int, fact: dict[str, Any]) -> None:
    """A session was moved; one that was cancelled wants its room again."""
    told = facts.read(SessionMoved, fact)
    with organization_scope(organization):
        _begin(organization, [told.session])


def _begin(organization: int, keys: Sequence[str]) -> None:
    found = list(Room.objects.filter(session__key__in=keys).select_related("session"))
    wanted = [room.session.key for room in found if room.status == RoomStatus.WANTED]
    jobs.defer_many(provision, [{"organization": organization, "session": key} for key in wanted])
    standing = [room for room in found if room.status == RoomStatus.READY and room.external_id]
    rooms.say_ready([(each.session.key, each.external_id, each.ready_at or clock.now()) for each in standing])


@jobs.job(queue="rooms", retry=jobs.PERSISTENT, name="prepare_session.provision")
def provision(organization: int, session: str) -> None:
    """Have the session's room, and say that it stands."""
    standing = rooms.standing(organization, session)
    over = standing.status in {SessionStatus.ENDED, SessionStatus.CANCELLED}
    if standing.room != RoomStatus.WANTED or over or standing.ends_at < clock.now():
        return
    if providers.has_servers(standing.provider_name):
        if _is_early(organization, session, standing):
            return
        standing = _placed(organization, session)
    if not standing.can(CREATE_ROOM) or standing.provider is None:
        _note_problem(organization, session, NOT_SET_UP)
        return
    crash.point("prepare_session.before_asking")
    try:
        room = standing.provider.create_room(standing.order)
    except ProviderFailed as failure:
        _note_problem(organization, session, str(failure))
        raise
    except Exception:
        _note_problem(organization, session, UNEXPECTED)
        raise
    crash.point("prepare_session.asked")
    first = _record(organization, session, room, standing)
    if not first and rooms.standing(organization, session).external_id != room.external_id:
        _give_back(standing.provider, room)
    crash.point("prepare_session.recorded")


def _is_early(organization: int, session: str, standing: rooms.Standing) -> bool:
    """Whether it is not time yet; then this comes again when it is, once for each start that is planned."""
    due = standing.order.starts_at - AHEAD
    if due <= clock.now():
        return False
    with organization_scope(organization):
        if jobs.once(f"provision:{organization}:{session}:{due.isoformat()}"[:200]):
            jobs.defer(provision, at=due, organization=organization, session=session)
    return True


def _placed(organization: int, session: str) -> rooms.Standing:
    """The same with the server on which its room is to open. Raises ProviderFailed where there is none."""
    with organization_scope(organization):
        server = operations.place_room(session)
    if server is None:
        _note_problem(organization, session, NO_SERVER)
        raise ProviderFailed(NO_SERVER)
    return rooms.standing(organization, session)


def _give_back(provider: RoomProvider, room: RoomInfo) -> None:
    """End a room that nobody wants any more."""
    if END_ROOM in provider.capabilities:
        provider.end_room(room.external_id)


def _record(organization: int, session: str, room: RoomInfo, standing: rooms.Standing) -> bool:
    """Once: whoever comes second finds the room ready, and writes nothing."""
    region, node = room.region or standing.server_region, room.node or standing.server_slug
    with organization_scope(organization):
        first = operations.room_ready(session, room.external_id, room.url, region, node)
        if first:
            rooms.say_ready([(session, room.external_id, clock.now())])
    return first


def _note_problem(organization: int, session: str, problem: str) -> None:
    with organization_scope(organization):
        if queries.by_key(session).room.status == RoomStatus.WANTED:
            operations.room_problem(session, problem)
