"""Sessions: booking and changing them, who takes part, and what was seen of them."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Status
from pydantic import AwareDatetime

from callboard.api.guard import Asked
from callboard.api.paging import Page, paged
from callboard.api.shapes import sessions as shapes
from callboard.expectations.models import Expectation
from callboard.lib.errors import Forbidden, Invalid, NotFound
from callboard.live.models import Event
from callboard.people.access import Access
from callboard.people.models import Person
from callboard.people.roster.rows import zone as understood_zone
from callboard.sessions import operations, queries
from callboard.sessions.models import Session

router = Router(tags=["Sessions"])


class SessionFilter(Page):
    """`begins`, `ends`: those that lie, if only in part, in [begins, ends). `person`: with them in it."""

    status: shapes.Status | None = None
    begins: AwareDatetime | None = None
    ends: AwareDatetime | None = None
    person: str | None = Field(None, max_length=40)


class EventFilter(Page):
    kind: str | None = Field(None, max_length=40)
    participant: str | None = Field(None, max_length=200)


def seen(access: Access, key: str) -> Session:
    """The session, if the asker may see it; one that they may not see is not there."""
    session = queries.visible_to(access).filter(key=key).first()
    if session is None:
        raise NotFound(_("There is no such session."), code="session_not_found", session=key)
    return session


def item(session: Session) -> dict[str, Any]:
    rows: Any = getattr(session, "active_participants", None)
    room = getattr(session, "room", None)
    return shapes.session_item(session, queries.participants(session) if rows is None else rows, room)


def again(key: str) -> dict[str, Any]:
    """The session as it is after a change."""
    return item(queries.by_key(key))


def ids(keys: dict[str, str]) -> dict[str, int]:
    """The rows of people by their keys. Raises Invalid, naming the fields of those who are not there.

    `keys` maps each key to the field that holds it.
    """
    known = dict(Person.objects.filter(key__in=keys, erased_at=None).values_list("key", "pk"))
    unknown: dict[str, list[str]] = {}
    for key, name in keys.items():
        if key not in known:
            unknown.setdefault(name, []).append(key)
    if unknown:
        words = _("There is no such person: %(ids)s.")
        raise Invalid(fields={name: str(words) % {"ids": ", ".join(who)} for name, who in unknown.items()})
    return known


def may_steer(access: Access) -> None:
    """What is done while a session runs is open to those who book and to those who work cases."""
    if not access.may_any(("sessions.book", "cases.act")):
        raise Forbidden(permission="sessions.book")


@router.get("", response=shapes.SessionPage, operation_id="list_sessions")
def list_sessions(request: Asked, wanted: Query[SessionFilter]) -> Any:
    """The sessions that the asker may see, by start. Instructors, guardians and students see their own."""
    rows = queries.visible_to(request.access)
    if wanted.status is not None:
        rows = rows.filter(status=wanted.status)
    if wanted.begins is not None:
        rows = rows.filter(ends_at__gt=wanted.begins)
    if wanted.ends is not None:
        rows = rows.filter(starts_at__lt=wanted.ends)
    if wanted.person is not None:
        rows = rows.filter(participants__person__key=wanted.person, participants__active=True)
    return paged(rows, wanted, ["starts_at", "id"], item)


@router.post("", response={200: shapes.SessionItem, 201: shapes.SessionItem}, operation_id="book_session")
def book(request: Asked, given: shapes.BookingIn) -> Any:
    """Book a session, 201. Where one has the `key` already it is answered as it is, 200.

    409 `double_booked` says who is taken, and by which session.
    """
    request.access.require("sessions.book")
    if given.key and Session.objects.filter(key=given.key).exists():
        return Status(200, again(given.key))
    session = operations.book(booking_of(given))
    return Status(201, again(session.key))


@router.post("/weekly", response={201: shapes.SessionPage}, operation_id="book_weekly")
def book_weekly(request: Asked, given: shapes.WeeklyIn) -> Any:
    """Book the same hour each week, all of them or none. 409 `double_booked` says which weeks are not free:
    `clashes[].booking`, from 0."""
    request.access.require("sessions.book")
    zone, code = understood_zone(given.zone or request.access.zone)
    if code:
        raise Invalid(fields={"zone": _("There is no such time zone.")})
    made = operations.book_weekly(booking_of(given), given.weeks, ZoneInfo(zone))
    rows = queries.with_participants(Session.objects.filter(pk__in=[each.pk for each in made]))
    found = rows.select_related("room__server", "series").order_by("starts_at", "pk")
    return Status(201, {"items": [item(session) for session in found], "next": None})


def booking_of(given: shapes.BookingIn) -> operations.Booking:
    """Raises Invalid."""
    people = ids({**dict.fromkeys(given.learners, "learners"), given.instructor: "instructor"})
    return operations.Booking(
        title=given.title,
        subject=given.subject,
        level=given.level,
        starts_at=given.starts_at,
        ends_at=given.ends_at,
        instructor=people[given.instructor],
        learners=[people[learner] for learner in given.learners],
        recording_wanted=given.recording_wanted,
        provider=given.provider or (operations.LINK if given.link else queries.usual_provider()),
        room=operations.room_at(given.link) if given.link else None,
        series=given.series,
        region=given.region,
        key=given.key,
    )


@router.get("/{session}", response=shapes.SessionItem, operation_id="get_session")
def get_session(request: Asked, session: str) -> Any:
    return item(seen(request.access, session))


@router.post("/{session}/move", response=shapes.SessionItem, operation_id="move_session")
def move(request: Asked, session: str, given: shapes.SessionMoveIn) -> Any:
    """Another time; a cancelled one is revived by it."""
    request.access.require("sessions.book")
    operations.move(session, given.starts_at, given.ends_at)
    return again(session)


@router.post("/{session}/instructor", response=shapes.SessionItem, operation_id="change_instructor")
def change_instructor(request: Asked, session: str, given: shapes.InstructorIn) -> Any:
    request.access.require("sessions.book")
    operations.change_instructor(session, ids({given.instructor: "instructor"})[given.instructor])
    return again(session)


@router.post("/{session}/cancel", response=shapes.SessionItem, operation_id="cancel_session")
def cancel(request: Asked, session: str, given: shapes.CancelIn | None = None) -> Any:
    request.access.require("sessions.book")
    operations.cancel(session, given.reason if given else "")
    return again(session)


@router.post("/{session}/end", response=shapes.SessionItem, operation_id="end_session")
def end(request: Asked, session: str) -> Any:
    """End it now, for everybody."""
    may_steer(request.access)
    operations.end(session, request.access.member)
    return again(session)


@router.post("/{session}/restart-recording", response=shapes.SessionItem, operation_id="restart_recording")
def restart_recording(request: Asked, session: str) -> Any:
    """Ask for a recorder anew."""
    may_steer(request.access)
    operations.restart_recording(session, request.access.member)
    return again(session)


@router.post(
    "/{session}/participants/{person}/absent", response=shapes.SessionItem, operation_id="mark_absent"
)
def mark_absent(request: Asked, session: str, person: str) -> Any:
    """Say that they will not come."""
    may_steer(request.access)
    operations.mark_absent(session, ids({person: "person"})[person], request.access.member)
    return again(session)


@router.delete("/{session}/participants/{person}/absent", response={204: None}, operation_id="unmark_absent")
def unmark_absent(request: Asked, session: str, person: str) -> Any:
    may_steer(request.access)
    operations.unmark_absent(session, ids({person: "person"})[person])
    return HttpResponse(status=204)


@router.get("/{session}/expectations", response=shapes.ExpectationList, operation_id="list_expectations")
def list_expectations(request: Asked, session: str) -> Any:
    """What was promised of it, and what became of that."""
    request.access.require("sessions.read")
    rows = Expectation.objects.filter(session=seen(request.access, session)).select_related("person")
    return {
        "items": [
            {
                "kind": row.kind,
                "participant": row.person.key if row.person else None,
                "due_at": row.due_at,
                "status": row.status,
                "met_at": row.met_at,
            }
            for row in rows.order_by("due_at", "pk")
        ]
    }


@router.get("/{session}/events", response=shapes.EventPage, operation_id="list_events")
def list_events(request: Asked, session: str, wanted: Query[EventFilter]) -> Any:
    """The evidence about it, in the order in which it came."""
    request.access.require("live.read")
    rows = Event.objects.filter(session=seen(request.access, session).key)
    if wanted.kind is not None:
        rows = rows.filter(kind=wanted.kind)
    if wanted.participant is not None:
        rows = rows.filter(participant=wanted.participant)
    return paged(rows, wanted, ["seq"], event_item)


def event_item(event: Event) -> dict[str, Any]:
    return {
        "id": event.event_id,
        "session": event.session,
        "participant": event.participant,
        "kind": event.kind,
        "at": event.at,
        "received_at": event.received_at,
        "mark": event.mark or None,
        "data": msgspec.json.decode(event.data),
    }
