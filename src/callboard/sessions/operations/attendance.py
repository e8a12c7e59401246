"""A person has said that someone will not come."""

from __future__ import annotations

from django.utils.translation import gettext as _

from callboard.lib import clock, facts, pubsub
from callboard.lib.errors import NotFound
from callboard.sessions import queries
from callboard.sessions.facts import MarkedAbsent
from callboard.sessions.models import Participant, Session
from callboard.sessions.operations import checks


def mark_absent(session_key: str, person_id: int, by: int | None = None) -> bool:  # noqa: ARG001 - kept by the case
    """They will not come. They stay on the roster: should they come after all, they are no stranger.

    False where that was said already. Raises NotFound, Conflict (`not_now`).
    """
    session = queries.by_key(session_key)
    checks.check_state(session, "mark_absent")
    expected = Participant.objects.filter(session=session, person_id=person_id, active=True)
    if not expected.exists():
        raise NotFound(_("They are not expected in this session."), session=session_key)
    changed = expected.filter(marked_absent_at=None).update(marked_absent_at=clock.now())
    if changed:
        _tell(session, person_id, absent=True)
    return bool(changed)


def unmark_absent(session_key: str, person_id: int) -> bool:
    """Take that back. False where it was not said."""
    session = queries.by_key(session_key)
    changed = (
        Participant.objects.filter(session=session, person_id=person_id, active=True)
        .exclude(marked_absent_at=None)
        .update(marked_absent_at=None)
    )
    if changed:
        _tell(session, person_id, absent=False)
    return bool(changed)


def _tell(session: Session, person_id: int, *, absent: bool) -> None:
    facts.publish(MarkedAbsent(session=session.key, person=person_id, absent=absent))
    pubsub.publish("session", key=session.key, status=session.status)
