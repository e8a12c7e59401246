"""One session by its key, and the lists of sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from callboard.cases.models import Case
from callboard.lib.errors import NotFound
from callboard.lib.together import columns, made, together
from callboard.sessions.models import Participant, Room, Session
from callboard.web.reads.seats import Promise, Seat, promises, seats
from callboard.web.reads.strips import SESSION


@dataclass(frozen=True)
class Listed:
    sessions: list[Session]
    seats: dict[int, list[Seat]]
    promises: dict[int, list[Promise]]
    cases: dict[int, list[Case]]
    more: bool


def by_key(key: str, of: Collection[int] | None = None) -> Session:
    """The session of that key, with its room. Raises NotFound, also where none `of` these people (ids) has a
    part in it.
    """
    (found,) = together([_BY_KEY], {"key": key, "people": None if of is None else list(of)})
    if not found:
        raise NotFound
    (session,) = made(Session, SESSION, [found[0][: len(SESSION)]])
    room = found[0][len(SESSION) :]
    kept: Any = Session._meta.get_field("room")
    kept.set_cached_value(session, None if room[0] is None else made(Room, _ROOM, [room])[0])
    return session


_ROOM = ("id", "organization_id", "session_id", "provider", "status", "server_id", "url", "region", "node")
_BY_KEY = f"""
SELECT {columns(Session, SESSION)}, {columns(Room, _ROOM)}
  FROM callboard_sessions_session
  LEFT JOIN callboard_sessions_room ON callboard_sessions_room.session_id = callboard_sessions_session.id
   AND callboard_sessions_room.organization_id = %(organization)s
 WHERE callboard_sessions_session.organization_id = %(organization)s
   AND callboard_sessions_session.key = %(key)s
   AND (%(people)s::bigint[] IS NULL OR callboard_sessions_session.id IN (
       SELECT session_id FROM callboard_sessions_participant
        WHERE organization_id = %(organization)s AND person_id = ANY(%(people)s) AND active))
"""  # noqa: S608 - names of our own tables
"""Written out: as the ORM's, drawing it up takes ten times what the answer does."""


def listed(rows: QuerySet[Session], start: int, length: int) -> Listed:
    """One page of a list of sessions, with what a row shows. Four queries."""
    found = list(rows.select_related("room")[start : start + length + 1])
    shown = found[:length]
    keys = [session.pk for session in shown]
    cases: dict[int, list[Case]] = defaultdict(list)
    for case in Case.objects.filter(session_id__in=keys, over_at=None).order_by("raised_at"):
        if case.session_id is not None:
            cases[case.session_id].append(case)
    return Listed(shown, seats(keys), promises(keys), cases, len(found) > length)


def between(start: datetime, end: datetime) -> QuerySet[Session]:
    return Session.objects.filter(starts_at__gte=start, starts_at__lt=end).order_by(
        "starts_at", "title", "pk"
    )


def of_people(those: Collection[int]) -> QuerySet[Session]:
    """Where any of these people (ids) has a part. People have doubles: see people.queries.records_of."""
    mine = Participant.objects.filter(person_id__in=those, active=True).values("session_id")
    return Session.objects.filter(pk__in=mine)


def matching(text: str) -> QuerySet[Session]:
    """Sessions whose title or people hold the text, the nearest in time first."""
    people = Participant.objects.filter(person__name__icontains=text, active=True).values("session_id")
    return Session.objects.filter(Q(title__icontains=text) | Q(key=text) | Q(pk__in=people)).order_by(
        "-starts_at"
    )
