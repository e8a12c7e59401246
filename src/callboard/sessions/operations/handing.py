"""Sessions to come go over from one person's record to another's: two records turned out to be one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from psycopg.types.range import TimestamptzRange

from callboard.lib import clock
from callboard.lib.errors import Conflict
from callboard.sessions import rules
from callboard.sessions.models import JoinLink, Participant, ParticipantRole, Session, SessionStatus
from callboard.sessions.operations import changing, checks, consents
from callboard.sessions.operations.links import leads_of
from callboard.sessions.operations.locks import insist

TO_COME = (SessionStatus.SCHEDULED, SessionStatus.READY)


@dataclass(frozen=True)
class Handed:
    """Keys of sessions: where one now stands for the other, and where both were in, so that a place went."""

    over: list[str]
    shared: list[str]


def sessions_to_come(person_id: int) -> list[Session]:
    """Those that have not begun, by start."""
    theirs = Participant.objects.filter(person_id=person_id, active=True).values("session_id")
    rows = Session.objects.filter(pk__in=theirs, status__in=TO_COME, starts_at__gt=clock.now())
    return list(rows.order_by("starts_at", "pk"))


def in_session_now(person_id: int) -> bool:
    """Whether one that they are in runs: then their record cannot become another's."""
    return Participant.objects.filter(
        person_id=person_id, active=True, session__status=SessionStatus.LIVE
    ).exists()


def both_in_at_once(one: int, other: int) -> list[Session]:
    """Sessions to come of the one that overlap with another session of the other: two places at once."""
    found = []
    theirs = list(
        Participant.objects.filter(person_id=other, active=True, session__starts_at__gt=clock.now())
    )
    for session in sessions_to_come(one):
        mine = Participant.objects.get(session=session, person_id=one, active=True)
        if any(
            row.session_id != session.pk
            and row.busy.lower < mine.busy.upper
            and mine.busy.lower < row.busy.upper
            for row in theirs
        ):
            found.append(session)
    return found


def hand_over(former: int, latter: int, keys: Sequence[str] | None = None) -> Handed:
    """Let one person stand where another stood in sessions to come (all, or these). Where both were in, the
    former's place goes.

    Raises Conflict (`double_booked`, `in_session`).
    """
    if in_session_now(former):
        raise Conflict(_("They are in a session right now. Try again when it is over."), code="in_session")
    wanted = [each for each in sessions_to_come(former) if keys is None or each.key in keys]
    clashing = both_in_at_once(former, latter)
    if clashing:
        words = ngettext(
            "They would have to be in two places at once: %(n)d session overlaps.",
            "They would have to be in two places at once: %(n)d sessions overlap.",
            len(clashing),
        ) % {"n": len(clashing)}
        raise Conflict(words, code="double_booked", sessions=[each.key for each in clashing])
    handed = Handed([], [])
    for session in wanted:
        over = insist(partial(_hand, session.key, former, latter))
        (handed.over if over else handed.shared).append(session.key)
    return handed


def seat_again(person_id: int, keys: Sequence[str]) -> None:
    """Give somebody their place in sessions to come back that `hand_over` took since the other was in too.

    Raises Conflict (`double_booked`).
    """
    theirs = Session.objects.filter(key__in=keys, status__in=TO_COME, starts_at__gt=clock.now())
    for key in theirs.order_by("starts_at", "pk").values_list("key", flat=True):
        insist(partial(_seat, key, person_id))


def _seat(key: str, person_id: int) -> None:
    session, roster = changing.held(key, [person_id])
    row = Participant.objects.filter(session=session, person_id=person_id, active=False).first()
    led = any(each.role == ParticipantRole.INSTRUCTOR for each in roster)
    if row is None or (row.role == ParticipantRole.INSTRUCTOR and led):
        return
    # Moved since, it takes up other time than it did when the place went.
    begins, ends = session.starts_at, session.ends_at
    if row.role == ParticipantRole.INSTRUCTOR:
        begins, ends = rules.keeps_busy(begins, ends, checks.buffers_of([person_id]).get(person_id, 0))
    row.active, row.busy = True, TimestamptzRange(begins, ends)
    session.version += 1

    def write() -> None:
        row.save(update_fields=["active", "busy"])
        session.save()

    consents.apply_to(
        session, {*(each.person_id for each in roster), person_id}, asked=session.recording_asked
    )
    checks.explained(write, [(person_id, begins, ends)], besides=session.pk)
    changing.tell(session)


def _hand(key: str, former: int, latter: int) -> bool:
    """Whether the latter now stands where the former stood; False where they were in it anyway."""
    session, roster = changing.held(key, [latter])
    row = next((each for each in roster if each.person_id == former), None)
    if row is None:
        return False
    wishes = [(latter, row.busy.lower, row.busy.upper)]
    there = any(each.person_id == latter for each in roster)
    session.version += 1

    def write() -> None:
        if there:
            Participant.objects.filter(pk=row.pk).update(active=False)
        else:
            Participant.objects.filter(pk=row.pk).update(person_id=latter)
        session.save()

    people = {each.person_id for each in roster if each.person_id != former} | {latter}
    consents.apply_to(session, people, asked=session.recording_asked)
    checks.explained(write, wishes, besides=session.pk)
    changing.tell(session)
    return not there


def hand_links(former: int, latter: int) -> list[int]:
    """Join links go over with their tokens; one whose place is taken stays and leads where the other does."""
    moved = []
    for link in JoinLink.objects.filter(person_id=former):
        taken = JoinLink.objects.filter(person_id=latter, **leads_of(link))
        if not taken.exists():
            JoinLink.objects.filter(pk=link.pk).update(person_id=latter)
            moved.append(link.pk)
    return moved


def return_links(ids: Sequence[int], to: int) -> None:
    JoinLink.objects.filter(pk__in=ids).update(person_id=to)
