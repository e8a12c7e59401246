"""Someone enters their session's room, and whoever is replaced leaves it.

1. Their link (sessions.operations.links) has said which session, and that its door lets them in; their
   sign-in or device, that it is they.
2. The room's provider makes what opens it, good for five minutes and for this person alone, outside any
   transaction. It cannot: the door says that the room is not ready, and is asked again.
3. They get leave to report on their own connection (live.ingest.passes), good until after the session.
4. Another instructor takes over: the former is taken out of the room, tried again until it is done or the
   session is over. The door gives them nothing more, since they take part no more.
A provider that makes nothing at the door is entered by its room's own address; of a room that tells nothing,
passing the door is the evidence that someone is in (watch_outside).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from callboard.lib import clock, facts, jobs
from callboard.lib.errors import Conflict, NotFound
from callboard.lib.tenancy import organization_scope
from callboard.live.ingest import passes
from callboard.people.models import Person
from callboard.sessions.facts import InstructorChanged
from callboard.sessions.models import Participant, RoomStatus, SessionStatus
from callboard.sessions.operations import links
from callboard.sessions.ports import ENTER, POLL, REMOVE, Entry, ProviderFailed, Visitor
from callboard.workflows import rooms, watch_outside

TOKEN_LIFETIME = timedelta(minutes=5)
REPORTS_AFTER = timedelta(hours=2)
"""How long after a session's planned end its browsers may still send what they could not send before."""


class NotReady(Conflict):
    """The room cannot be entered now, and may be at any moment."""

    code = "room_not_ready"


@dataclass(frozen=True)
class Entered:
    """What opens the door, `room` as a name that changes with each room that the session moves to, and leave
    to report.
    """

    entry: Entry
    room: str
    reports: str


def enter(organization: int, door: links.Door) -> Entered:
    """Let the door's person in. Not within a transaction. Raises NotReady."""
    session = door.session
    if session is None or not door.lets_in:
        raise NotReady
    standing = rooms.standing(organization, session.key)
    if standing.room != RoomStatus.READY:
        raise NotReady
    now = clock.now()
    entry = Entry("link", standing.url)
    if standing.stands and standing.can(ENTER) and standing.provider is not None:
        visitor = Visitor(door.person.key, door.person.name, door.role, now + TOKEN_LIFETIME)
        try:
            entry = standing.provider.enter(standing.external_id, visitor)
        except ProviderFailed as failure:
            raise NotReady from failure
    if not entry.url:
        raise NotReady
    with organization_scope(organization):
        links.note_used(door.link)
    if entry.kind == "link" and not standing.can(POLL):
        watch_outside.came(organization, session.key, door.person.key)
    until = max(now, session.ends_at) + REPORTS_AFTER
    reports = passes.issue(organization, session.key, door.person.key, until)
    return Entered(entry, f"{standing.generation}-{standing.external_id}", reports)


@jobs.job(queue="rooms", retry=jobs.PERSISTENT, name="enter_room.replaced")
def replaced(organization: int, fact: dict[str, Any]) -> None:
    """Someone else teaches: whoever did is out (unless they were put back meanwhile)."""
    told = facts.read(InstructorChanged, fact)
    with organization_scope(organization):
        former = Person.objects.filter(pk=told.former_instructor).first()
        back = Participant.objects.filter(
            session__key=told.session, person_id=told.former_instructor, active=True
        ).exists()
    if former is None or back:
        return
    try:
        standing = rooms.standing(organization, told.session)
    except NotFound:
        return
    over = standing.status in (SessionStatus.ENDED, SessionStatus.CANCELLED)
    if over or not standing.stands or not standing.can(REMOVE):
        return
    if standing.provider is not None:
        standing.provider.remove(standing.external_id, former.key)
