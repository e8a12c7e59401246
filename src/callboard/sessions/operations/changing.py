"""Changes of a plan: another time, another instructor, or called off. Each is a new version of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from callboard.lib import clock, facts, pubsub
from callboard.lib.errors import Conflict, Invalid
from callboard.people.queries import became_of
from callboard.sessions import queries, rules
from callboard.sessions.facts import InstructorChanged, SessionCancelled, SessionMoved
from callboard.sessions.models import (
    Participant,
    ParticipantRole,
    Room,
    RoomStatus,
    Session,
    SessionStatus,
)
from callboard.sessions.operations import checks, consents
from callboard.sessions.operations.locks import Stale, insist, lock_people, lock_session
from callboard.sessions.ports import filled

REASON = 500


def move(session_key: str, starts_at: datetime, ends_at: datetime) -> Session:
    """Give it another time; one that was cancelled stands again. Its own time again changes nothing.

    Raises NotFound, Invalid, Conflict (`not_now`, `double_booked`; `nobody_left` where whoever taught a
    cancelled one, or each of its learners, has been erased since), Busy.
    """
    checks.check_times(starts_at, ends_at)
    return insist(lambda: _move(session_key, starts_at, ends_at))


def _move(session_key: str, starts_at: datetime, ends_at: datetime) -> Session:
    rows = Participant.objects.filter(session__key=session_key).values_list("person_id", flat=True)
    became = became_of(list(rows))
    session, roster = held(session_key, list(became.values()))
    now = became_of([each.person_id for each in roster])
    if not now.items() <= became.items():
        raise Stale
    checks.check_state(session, "move")
    former = (session.starts_at, session.ends_at)
    revived = session.status == SessionStatus.CANCELLED
    if not revived and former == (starts_at, ends_at):
        return session
    if revived:
        roster = _as_they_became(roster, now)
    buffers = checks.buffers_of([each.person_id for each in roster])
    wishes = []
    for each in roster:
        buffer = buffers.get(each.person_id, 0) if each.role == ParticipantRole.INSTRUCTOR else 0
        begins, ends = rules.keeps_busy(starts_at, ends_at, buffer)
        each.busy = TimestamptzRange(begins, ends)
        each.active = True
        wishes.append((each.person_id, begins, ends))
    checks.check_free(wishes, besides=session.pk)
    if starts_at != former[0]:
        session.moved_from = former[0]
    session.starts_at, session.ends_at = starts_at, ends_at
    if revived:
        _revive(session)
        consents.apply_to(session, [each.person_id for each in roster], asked=session.recording_asked)
    session.version += 1

    def write() -> None:
        session.save()
        Participant.objects.bulk_update(roster, ["busy", "active", "person"])

    checks.explained(write, wishes, besides=session.pk)
    fact = SessionMoved(
        session=session.key,
        version=session.version,
        starts_at=starts_at,
        ends_at=ends_at,
        former_starts_at=former[0],
        former_ends_at=former[1],
        revived=revived,
    )
    facts.publish(fact)
    tell(session)
    return session


def _as_they_became(roster: list[Participant], became: Mapping[int, int]) -> list[Participant]:
    """Without doubles and the erased: merging and erasing left the cancelled ones as they were.

    Raises Conflict (`nobody_left`).
    """
    there = {each.person_id for each in roster}
    found = []
    for each in roster:
        if each.person_id in became:
            if became[each.person_id] in there:
                continue
            each.person_id = became[each.person_id]
            there.add(each.person_id)
        if each.person.erased_at is None:
            found.append(each)
    roles = {each.role for each in found}
    if ParticipantRole.INSTRUCTOR not in roles:
        raise Conflict(_("Whoever taught it has been erased. Book a new session."), code="nobody_left")
    if ParticipantRole.LEARNER not in roles:
        raise Conflict(_("All its learners have been erased. Book a new session."), code="nobody_left")
    return found


def _revive(session: Session) -> None:
    """Plan a cancelled session anew; its room is wanted again where it is gone."""
    session.cancelled_at, session.cancel_reason = None, ""
    room = session.room
    if room.status == RoomStatus.CLOSED:
        room.status, room.wanted_at = RoomStatus.WANTED, clock.now()
        room.external_id = room.url = room.region = room.node = room.problem = ""
        room.ready_at = room.closed_at = None
        room.save()
    session.status = SessionStatus.READY if room.status == RoomStatus.READY else SessionStatus.SCHEDULED


def change_instructor(session_key: str, instructor: int) -> Session:
    """Let someone else teach it, even while it is live. The same again changes nothing.

    Raises NotFound, Invalid, Conflict (`not_now`, `double_booked`), Busy.
    """
    return insist(lambda: _change_instructor(session_key, instructor))


def _change_instructor(session_key: str, instructor: int) -> Session:
    session, roster = held(session_key, [instructor])
    checks.check_state(session, "change_instructor")
    former = next(each for each in roster if each.role == ParticipantRole.INSTRUCTOR)
    if former.person_id == instructor:
        return session
    known, buffers = checks.known_people([instructor]), checks.buffers_of([instructor])
    if instructor not in known or instructor not in buffers:
        raise Invalid(fields={"instructor": _("This is not one of the instructors.")})
    if any(each.person_id == instructor for each in roster):
        raise Invalid(fields={"instructor": _("They are a learner of this session.")})
    begins, ends = rules.keeps_busy(session.starts_at, session.ends_at, buffers[instructor])
    wishes = [(instructor, begins, ends)]
    checks.check_free(wishes, besides=session.pk)
    former.active = False
    learners = [each.person_id for each in roster if each is not former]
    consents.apply_to(session, [instructor, *learners], asked=session.recording_asked)
    session.version += 1

    def write() -> None:
        former.save(update_fields=["active"])
        Participant.objects.create(
            session=session,
            person=known[instructor],
            role=ParticipantRole.INSTRUCTOR,
            busy=TimestamptzRange(begins, ends),
        )
        session.save()

    checks.explained(write, wishes, besides=session.pk)
    fact = InstructorChanged(
        session=session.key,
        version=session.version,
        instructor=instructor,
        former_instructor=former.person_id,
    )
    facts.publish(fact)
    tell(session)
    return session


def cancel(session_key: str, reason: str = "") -> Session:
    """Call it off: its people are free again, nothing is promised any more. Twice is once.

    Raises NotFound, Invalid, Conflict (`not_now`), Busy.
    """
    if len(reason) > REASON:
        raise Invalid(fields={"reason": _("At most %(most)d characters.") % {"most": REASON}})
    return insist(lambda: _cancel(session_key, reason))


def _cancel(session_key: str, reason: str) -> Session:
    session, roster = held(session_key)
    if session.status == SessionStatus.CANCELLED:
        return session
    checks.check_state(session, "cancel")
    session.status = SessionStatus.CANCELLED
    session.cancelled_at, session.cancel_reason = clock.now(), reason
    session.version += 1
    session.save()
    Participant.objects.filter(pk__in=[each.pk for each in roster]).update(active=False)
    Room.objects.filter(session=session, status=RoomStatus.WANTED).update(
        status=RoomStatus.CLOSED, closed_at=clock.now()
    )
    filled.promises.waive(session)
    facts.publish(SessionCancelled(session=session.key, version=session.version))
    pubsub.publish("session", key=session.key, status=session.status)
    filled.plan_log.write_cancelled(session)
    return session


def held(session_key: str, besides: Collection[int] = ()) -> tuple[Session, list[Participant]]:
    """The session and whom its plan concerns, all locked: its people first, then its row."""
    session = queries.by_key(session_key)
    roster = _roster(session)
    lock_people({each.person_id for each in roster} | set(besides))
    held = lock_session(session)
    now = _roster(held)
    if [each.pk for each in now] != [each.pk for each in roster]:
        raise Stale
    return held, now


def _roster(session: Session) -> list[Participant]:
    """Whom the plan concerns; of a cancelled one, whom it last concerned."""
    found = Participant.objects.filter(session=session).select_related("person").order_by("pk")
    if session.status != SessionStatus.CANCELLED:
        return list(found.filter(active=True))
    learners = {each.person_id: each for each in found if each.role == ParticipantRole.LEARNER}
    instructors = [each for each in found if each.role == ParticipantRole.INSTRUCTOR]
    return [*instructors[-1:], *learners.values()]


def tell(session: Session) -> None:
    """Promises anew, the boards, and the log last."""
    plans = queries.planned([session])
    filled.promises.derive(plans)
    pubsub.publish("session", key=session.key, status=session.status)
    filled.plan_log.write_plans(plans)
