"""Letting a session last longer than planned, as long as nobody in it has to be elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Min
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from callboard.lib import clock, facts
from callboard.lib.errors import Conflict, Invalid
from callboard.sessions import queries, rules
from callboard.sessions.facts import SessionExtended
from callboard.sessions.models import Participant, ParticipantRole, Session
from callboard.sessions.operations import changing, checks
from callboard.sessions.operations.locks import insist


def longest(session: Session) -> datetime:
    """The latest end that nobody's next appointment forbids, whole minutes; the planned end where none is."""
    roster = queries.participants(session)
    buffers = checks.buffers_of([each.person_id for each in roster])
    starts = dict(
        Participant.objects.filter(person__in=[each.person_id for each in roster], active=True)
        .exclude(session=session)
        .annotate(begins=Lower("busy"))
        .filter(begins__gte=session.ends_at)
        .values("person_id")
        .annotate(next=Min("begins"))
        .values_list("person_id", "next")
    )
    latest = session.starts_at + rules.LONGEST
    for each in roster:
        if each.person_id in starts:
            teaches = each.role == ParticipantRole.INSTRUCTOR
            buffer = timedelta(minutes=buffers.get(each.person_id, 0) if teaches else 0)
            latest = min(latest, starts[each.person_id] - buffer)
    return max(latest.replace(second=0, microsecond=0), session.ends_at)


def extend(session_key: str, ends_at: datetime) -> Session:
    """Let it end later. The same end again changes nothing.

    Raises NotFound, Invalid, Conflict (`not_now`; `double_booked` with `longest_ends_at`, the latest end that
    is possible), Busy.
    """
    return insist(lambda: _extend(session_key, ends_at))


def _extend(session_key: str, ends_at: datetime) -> Session:
    session, roster = changing.held(session_key)
    checks.check_state(session, "extend")
    if ends_at == session.ends_at:
        return session
    checks.check_times(session.starts_at, ends_at)
    if ends_at < session.ends_at or ends_at < clock.now():
        raise Invalid(fields={"ends_at": _("It is to end later than it does now.")})
    buffers = checks.buffers_of([each.person_id for each in roster])
    wishes = []
    for each in roster:
        buffer = buffers.get(each.person_id, 0) if each.role == ParticipantRole.INSTRUCTOR else 0
        begins, ends = rules.keeps_busy(session.starts_at, ends_at, buffer)
        each.busy = TimestamptzRange(begins, ends)
        wishes.append((each.person_id, begins, ends))
    taken = queries.clashes(wishes, besides=session.pk)
    if taken:
        latest = longest(session)
        clash = checks.double_booked(taken)
        raise Conflict(clash.message, code=clash.code, longest_ends_at=latest.isoformat(), **clash.details)
    former, session.ends_at = session.ends_at, ends_at
    session.version += 1

    def write() -> None:
        session.save(update_fields=["ends_at", "version"])
        Participant.objects.bulk_update(roster, ["busy"])

    checks.explained(write, wishes, besides=session.pk)
    facts.publish(
        SessionExtended(session=session.key, version=session.version, ends_at=ends_at, former_ends_at=former)
    )
    changing.tell(session)
    return session
