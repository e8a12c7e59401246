"""Booking sessions: one, or a whole timetable, with the same guarantees.

1. The bookings are sound in themselves and their people exist; else Invalid, by field.
2. Their people's timetables are locked, in one order for everybody.
3. Nobody is taken, by what stands or by another of these bookings; else Conflict (`double_booked`).
4. Sessions, participants, rooms and promises are written; the exclusion constraint has the last word.
5. Facts: rooms get provisioned, people told, by jobs that commit with all this.
6. The plans go to the log of evidence, last, since its lock is held until the commit.
All or none: any failure leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from callboard.lib import clock, crash, facts, ids, pubsub
from callboard.lib.errors import Conflict
from callboard.people.models import Person
from callboard.sessions import rules
from callboard.sessions.facts import SessionsBooked
from callboard.sessions.models import (
    Participant,
    ParticipantRole,
    Room,
    RoomStatus,
    Session,
    SessionStatus,
)
from callboard.sessions.operations import checks, consents
from callboard.sessions.operations.locks import insist, lock_people
from callboard.sessions.ports import Planned, filled
from callboard.sessions.rules import Booking

BATCH = 1000
PER_FACT = 100
"""Sessions told of in one fact, so that a timetable of thousands is no thousand jobs."""


def book(booking: Booking) -> Session:
    """Book one session. Raises Invalid, Conflict (`double_booked`, `key_taken`), Busy."""
    return book_many([booking])[0]


def book_many(bookings: Sequence[Booking]) -> list[Session]:
    """Book a timetable, all of it or nothing; answers its sessions in the order given. Raises as `book`."""
    if not bookings:
        return []
    checks.check_shape(bookings)
    return insist(lambda: _book(bookings))


def _book(bookings: Sequence[Booking]) -> list[Session]:
    everyone = {person for booking in bookings for person in booking.people}
    lock_people(everyone)
    crash.point("sessions.people_locked")
    known = checks.known_people(everyone)
    buffers = checks.buffers_of({booking.instructor for booking in bookings})
    checks.check_people(bookings, known, buffers)
    slots = _slots(bookings, buffers)
    _check_together(slots)
    wishes = [(slot.person, slot.begins, slot.ends) for slot in slots]
    checks.check_free(wishes)
    lacking = consents.lacking(
        {p for booking in bookings if booking.recording_wanted for p in booking.people}
    )
    plans = checks.explained(lambda: _write(bookings, known, buffers, lacking), wishes)
    crash.point("sessions.booking_written")
    filled.promises.derive(plans)
    sessions = [plan[0] for plan in plans]
    keys = [session.key for session in sessions]
    for start in range(0, len(keys), PER_FACT):
        facts.publish(SessionsBooked(sessions=keys[start : start + PER_FACT]))
    if len(keys) == 1:
        pubsub.publish("session", key=keys[0], status=sessions[0].status)
    else:
        pubsub.publish("session", many=True)
    filled.plan_log.write_plans(plans)
    return sessions


def _slots(bookings: Sequence[Booking], buffers: dict[int, int]) -> list[rules.Slot]:
    """The time that each booking wants of each person."""
    return [
        rules.Slot(person, *_busy(booking, person, buffers), position)
        for position, booking in enumerate(bookings)
        for person in booking.people
    ]


def _busy(booking: Booking, person: int, buffers: dict[int, int]) -> tuple[datetime, datetime]:
    buffer = buffers[person] if person == booking.instructor else 0
    return rules.keeps_busy(booking.starts_at, booking.ends_at, buffer)


def _check_together(slots: Sequence[rules.Slot]) -> None:
    """Raises Conflict where two of these bookings want the same person at the same time."""
    clash = rules.overlap_within(slots)
    if clash:
        raise Conflict(
            _("Two of these sessions want the same person at the same time."),
            code="double_booked",
            person_id=clash[0].person,
            bookings=[clash[0].booking, clash[1].booking],
        )


def _write(
    bookings: Sequence[Booking], known: dict[int, Person], buffers: dict[int, int], lacking: set[int]
) -> list[Planned]:
    """The rows of sessions, participants and rooms."""
    series = checks.known_series({booking.series for booking in bookings if booking.series})
    sessions = Session.objects.bulk_create(
        [_session(booking, lacking, series) for booking in bookings], batch_size=BATCH
    )
    rooms = Room.objects.bulk_create(
        [_room(session, booking) for session, booking in zip(sessions, bookings, strict=True)],
        batch_size=BATCH,
    )
    by_session = [
        [_participant(session, booking, known[person], buffers) for person in booking.people]
        for session, booking in zip(sessions, bookings, strict=True)
    ]
    Participant.objects.bulk_create([each for some in by_session for each in some], batch_size=BATCH)
    return list(zip(sessions, by_session, rooms, strict=True))


def _session(booking: Booking, lacking: set[int], series: dict[str, int]) -> Session:
    missing = sum(person in lacking for person in booking.people) if booking.recording_wanted else 0
    return Session(
        key=booking.key or ids.session_key(),
        title=booking.title.strip(),
        subject=booking.subject,
        level=booking.level,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        status=SessionStatus.READY if booking.room else SessionStatus.SCHEDULED,
        provider=booking.provider,
        series_id=series[booking.series] if booking.series else None,
        region=booking.region,
        recording_wanted=booking.recording_wanted and not missing,
        consents_missing=missing,
    )


def _room(session: Session, booking: Booking) -> Room:
    if booking.room is None:
        return Room(session=session, provider=booking.provider)
    return Room(
        session=session,
        provider=booking.provider,
        status=RoomStatus.READY,
        ready_at=clock.now(),
        external_id=booking.room.external_id,
        url=booking.room.url,
        region=booking.room.region,
        node=booking.room.node,
    )


def _participant(session: Session, booking: Booking, person: Person, buffers: dict[int, int]) -> Participant:
    teaches = person.pk == booking.instructor
    return Participant(
        session=session,
        person=person,
        role=ParticipantRole.INSTRUCTOR if teaches else ParticipantRole.LEARNER,
        busy=TimestamptzRange(*_busy(booking, person.pk, buffers)),
    )
