"""Reads about sessions, within the organization in scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from callboard.lib import clock, tenancy
from callboard.lib.errors import NotFound
from callboard.people import queries as people
from callboard.people.access import Access
from callboard.sessions import rules
from callboard.sessions.models import (
    JoinLink,
    Participant,
    ParticipantRole,
    Room,
    RoomPolicy,
    Server,
    Session,
    SessionStatus,
)
from callboard.sessions.ports import END_ROOM, RECORD, Planned, ServerSettings, providers


def by_key(key: str) -> Session:
    """The session, its room loaded. Raises NotFound."""
    session = Session.objects.select_related("room__server", "series").filter(key=key).first()
    if session is None:
        raise NotFound(_("There is no such session."), session=key)
    return session


def usual_provider() -> str:
    """The provider of a booking that names none: that of the organization's first server."""
    return next(iter(provider_kinds()), "simulator")


def provider_kinds() -> list[str]:
    """Those of the organization's servers that take new rooms, the first one's first."""
    kinds = Server.objects.filter(enabled=True).order_by("position", "pk").values_list("kind", flat=True)
    return list(dict.fromkeys(kinds))


def server_settings(server: Server) -> ServerSettings:
    """A server as its provider's filling needs it. Raises lib.sealing.CannotOpen."""
    return ServerSettings(
        organization=tenancy.current_organization(),
        id=server.pk,
        slug=server.slug,
        region=server.region,
        values=server.values(),
    )


def by_keys(keys: Collection[str]) -> dict[str, Session]:
    """Those that exist, by key."""
    return {each.key: each for each in Session.objects.filter(key__in=keys)}


def visible_to(access: Access) -> QuerySet[Session]:
    """The sessions that an asker may see: all by permission, else their own and their wards', else none.

    Each comes with its room, and with its active participants as `.active_participants`.
    """
    found = with_participants(Session.objects.select_related("room", "series"))
    if access.may("sessions.read"):
        return found
    if not access.may("own.read"):
        return found.none()
    theirs = Participant.objects.filter(
        session=OuterRef("pk"), active=True, person_id__in=people.own_people(access)
    )
    return found.filter(Exists(theirs))


def with_participants(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Each with its active participants, the instructor first, as `.active_participants`."""
    return sessions.prefetch_related(
        Prefetch(
            "participants",
            queryset=Participant.objects.filter(active=True).select_related("person").order_by("role", "pk"),
            to_attr="active_participants",
        )
    )


def between(access: Access, begins: datetime, ends: datetime) -> QuerySet[Session]:
    """The sessions an asker may see that lie, if only in part, in [begins, ends), by start."""
    return visible_to(access).filter(starts_at__lt=ends, ends_at__gt=begins).order_by("starts_at", "pk")


def may(session: Session, change: str) -> bool:
    """Whether its state, its recording policy and its provider allow a change (by rules.MAY_BE's names)."""
    if session.status not in rules.MAY_BE[change]:
        return False
    if change == "end":
        return session.status == SessionStatus.SCHEDULED or providers.can(session.provider, END_ROOM)
    if change == "restart_recording":
        return session.recording_wanted and providers.can(session.provider, RECORD)
    return True


def is_marked_absent(session_key: str, person_id: int) -> bool:
    """Whether a person has said that they will not come."""
    return (
        Participant.objects.filter(session__key=session_key, person_id=person_id, active=True)
        .exclude(marked_absent_at=None)
        .exists()
    )


def participants(session: Session) -> list[Participant]:
    """Who is expected, the instructor first, their `.person` loaded."""
    return list(
        Participant.objects.filter(session=session, active=True)
        .select_related("person")
        .order_by("role", "pk")
    )


def instructor(session: Session) -> Participant | None:
    return (
        Participant.objects.filter(session=session, active=True, role=ParticipantRole.INSTRUCTOR)
        .select_related("person")
        .first()
    )


def planned(sessions: Sequence[Session]) -> list[Planned]:
    """Their plans as they now stand, in three statements."""
    ids = [session.pk for session in sessions]
    rooms = {room.session_id: room for room in Room.objects.filter(session_id__in=ids)}
    by_session: dict[int, list[Participant]] = {pk: [] for pk in ids}
    for each in Participant.objects.filter(session_id__in=ids, active=True).select_related("person"):
        by_session[each.session_id].append(each)
    return [(session, by_session[session.pk], rooms.get(session.pk)) for session in sessions]


@dataclass(frozen=True)
class Clash:
    """That a person is taken: by which session, from when to when. `wanted` is the position of the wish."""

    wanted: int
    person: int
    person_key: str
    session: str
    begins: datetime
    ends: datetime


def clashes(
    wishes: Sequence[tuple[int, datetime, datetime]], besides: int | None = None, most: int = 20
) -> list[Clash]:
    """Whose wished-for time [from, to) is taken, by (person id, from, to), besides by one session (an id)."""
    if not wishes:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT wish.position - 1, taken.person_id, person.key, session.key,
                   lower(taken.busy), upper(taken.busy)
            FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[])
                 WITH ORDINALITY AS wish (person, begins, ends, position)
            JOIN callboard_sessions_participant AS taken
              ON taken.organization_id = %s AND taken.person_id = wish.person AND taken.active
             AND taken.busy && tstzrange(wish.begins, wish.ends)
            JOIN callboard_sessions_session AS session ON session.id = taken.session_id
            JOIN callboard_people_person AS person ON person.id = taken.person_id
            WHERE taken.session_id IS DISTINCT FROM %s
            ORDER BY wish.position, lower(taken.busy)
            LIMIT %s
            """,
            [
                [wish[0] for wish in wishes],
                [wish[1] for wish in wishes],
                [wish[2] for wish in wishes],
                tenancy.current_organization(),
                besides,
                most,
            ],
        )
        return [Clash(*row) for row in cursor.fetchall()]


def busy(people_ids: Collection[int], begins: datetime, ends: datetime) -> list[Participant]:
    """Where these people are taken in [begins, ends), by person and time; `.session` loaded."""
    return list(
        Participant.objects.filter(active=True, person_id__in=people_ids, busy__overlap=(begins, ends))
        .select_related("session")
        .order_by("person_id", "busy")
    )


MEETINGS_BACK, MEETINGS_AHEAD = timedelta(days=60), timedelta(days=400)


def meetings(link: JoinLink) -> list[tuple[Session, list[Participant]]]:
    """The sessions that a link may lead to, their rooms loaded, each with its person's rows in it."""
    rows = Participant.objects.filter(person_id=link.person_id).select_related("session__room")
    if link.series_id is None:
        rows = rows.filter(session=link.session)
    else:
        now = clock.now()
        rows = rows.filter(
            session__series_id=link.series_id,
            session__starts_at__gt=now - MEETINGS_BACK,
            session__starts_at__lt=now + MEETINGS_AHEAD,
        )
    found: dict[int, tuple[Session, list[Participant]]] = {}
    for row in rows.order_by("session__starts_at", "session_id", "pk"):
        found.setdefault(row.session_id, (row.session, []))[1].append(row)
    return list(found.values())


def care() -> dict[str, bool]:
    """What the system does by itself in rooms (rules.CARE), as the organization wishes it."""
    values = RoomPolicy.objects.order_by("-version").values_list("values", flat=True).first()
    return rules.care(values or {})
