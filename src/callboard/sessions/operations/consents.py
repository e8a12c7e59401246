"""No recording without everyone's consent: checked where a session is planned, and again when one changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from callboard.lib import clock, facts, ids, pubsub
from callboard.people import queries as people
from callboard.people.models import ConsentKind
from callboard.sessions import queries
from callboard.sessions.facts import RecordingForbidden
from callboard.sessions.models import Participant, Session, SessionStatus
from callboard.sessions.operations.locks import insist
from callboard.sessions.ports import filled


def lacking(people_ids: Collection[int]) -> set[int]:
    """Those who have not agreed to being recorded."""
    if not people_ids:
        return set()
    return set(people.lacking_consent(list(people_ids), ConsentKind.RECORDING))


def apply_to(session: Session, people_ids: Iterable[int], *, asked: bool) -> None:
    """Set on the session (unsaved) whether it is recorded, or why it isn't."""
    missing = len(lacking(set(people_ids))) if asked else 0
    session.recording_wanted = asked and not missing
    session.consents_missing = missing


def recheck_recording(person_id: int) -> int:
    """Judge anew the recording of every session of a person that is not over; answers how many changed.

    A session that is live, and must not be recorded any more, has its recorder stopped.
    """
    return insist(lambda: _recheck(person_id))


def _recheck(person_id: int) -> int:
    theirs = Participant.objects.filter(
        person_id=person_id,
        active=True,
        session__ends_at__gt=clock.now(),
        session__status__in=[SessionStatus.SCHEDULED, SessionStatus.READY, SessionStatus.LIVE],
    ).values("session_id")
    sessions = list(Session.objects.select_for_update().filter(pk__in=theirs).order_by("pk"))
    changed = []
    for session, participants, room in queries.planned([each for each in sessions if each.recording_asked]):
        former = (session.recording_wanted, session.consents_missing)
        apply_to(session, [each.person_id for each in participants], asked=True)
        if (session.recording_wanted, session.consents_missing) == former:
            continue
        if session.recording_wanted != former[0]:
            session.version += 1
            changed.append((session, participants, room))
        session.save(update_fields=["recording_wanted", "consents_missing", "version"])
        if former[0] and not session.recording_wanted and session.status != SessionStatus.SCHEDULED:
            facts.publish(RecordingForbidden(session=session.key, request=ids.new("req")))
        pubsub.publish("session", key=session.key, status=session.status)
    if changed:
        filled.promises.derive(changed)
        filled.plan_log.write_plans(changed)
    return len(changed)
