"""No recording without everyone's consent: judged where a session is planned, and again when one changes.

What is judged here is kept with the session, so that everyone can see it and the log says it; whoever starts
a recorder asks the `gate` nevertheless.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from callboard.lib import clock, facts, ids, pubsub
from callboard.people import queries as people
from callboard.people.models import ConsentKind
from callboard.sessions import queries
from callboard.sessions.facts import RecordingForbidden
from callboard.sessions.models import Participant, Session, SessionStatus
from callboard.sessions.operations.locks import insist, lock_people
from callboard.sessions.ports import Planned, filled

NOT_OVER = (SessionStatus.SCHEDULED, SessionStatus.READY, SessionStatus.LIVE)


def lacking(people_ids: Collection[int]) -> set[int]:
    """Those who have not agreed to being recorded."""
    if not people_ids:
        return set()
    return set(people.lacking_consent(list(people_ids), ConsentKind.RECORDING))


def apply_to(session: Session, people_ids: Iterable[int], *, asked: bool) -> None:
    """Set on the session (unsaved) whether it is recorded, or why it isn't.

    One that might be recorded until now, and whose room may stand, has its recorder stopped.
    """
    former = session.recording_wanted
    missing = len(lacking(set(people_ids))) if asked else 0
    if asked and session.status == SessionStatus.LIVE:
        missing += filled.strangers.count(session)
    session.recording_wanted = asked and not missing
    session.consents_missing = missing
    if session.recording_wanted or not asked:
        session.barred_at = None
    elif former:
        session.barred_at = clock.now()
        if session.status != SessionStatus.SCHEDULED:
            facts.publish(RecordingForbidden(session=session.key, request=ids.new("req")))


def recheck_recording(person_id: int) -> int:
    """Judge anew the recording of every session of a person that is not over; answers how many changed.

    A session that is live, and must not be recorded any more, has its recorder stopped. The person's
    timetable is locked meanwhile: a booking that read their consent before it changed is waited for and
    judged too; one that comes after reads it as it is now.
    """
    return insist(lambda: _recheck(person_id))


def recheck_session(session_key: str) -> bool:
    """Judge one anew, since somebody is in it whom nobody asked, or is not any more. False: as it was."""
    return insist(lambda: bool(_judge(Session.objects.filter(key=session_key, status__in=NOT_OVER))))


def _recheck(person_id: int) -> int:
    lock_people({person_id})
    theirs = Participant.objects.filter(
        person_id=person_id, active=True, session__ends_at__gt=clock.now(), session__status__in=NOT_OVER
    ).values("session_id")
    return len(_judge(Session.objects.filter(pk__in=theirs)))


def _judge(found: Iterable[Session]) -> Sequence[Planned]:
    pks = [each.pk for each in found]
    sessions = list(Session.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
    changed = []
    for session, participants, room in queries.planned([each for each in sessions if each.recording_asked]):
        former = (session.recording_wanted, session.consents_missing)
        apply_to(session, [each.person_id for each in participants], asked=True)
        if (session.recording_wanted, session.consents_missing) == former:
            continue
        if session.recording_wanted != former[0]:
            session.version += 1
            changed.append((session, participants, room))
        session.save(update_fields=["recording_wanted", "consents_missing", "barred_at", "version"])
        pubsub.publish("session", key=session.key, status=session.status)
    if changed:
        filled.promises.derive(changed)
        filled.plan_log.write_plans(changed)
    return changed
