"""A session goes live and ends: by the evidence (called from the live path), or by a person's hand.

Each is one conditional update: said twice, in whatever order, it happens once.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from callboard.lib import clock, facts, pubsub
from callboard.lib.errors import Conflict
from callboard.sessions import queries
from callboard.sessions.facts import SessionEnded, SessionWentLive
from callboard.sessions.models import RoomStatus, Session, SessionStatus
from callboard.sessions.operations import checks
from callboard.sessions.ports import END_ROOM, providers

NOT_YET = (SessionStatus.SCHEDULED, SessionStatus.READY)
NOT_OVER = (*NOT_YET, SessionStatus.LIVE)


def went_live(session_key: str, at: datetime | None = None) -> bool:
    """The instructor and a learner are in. False where it is live already, or cancelled.

    One that had ended is live again: late evidence has shown that it went on.
    """
    moment = at or clock.now()
    changed = Session.objects.filter(key=session_key, status__in=(*NOT_YET, SessionStatus.ENDED)).update(
        status=SessionStatus.LIVE, started_at=moment, ended_at=None
    )
    if changed:
        facts.publish(SessionWentLive(session=session_key, at=moment))
        pubsub.publish("session", key=session_key, status=SessionStatus.LIVE.value)
    return bool(changed)


def ended(session_key: str, at: datetime | None = None) -> bool:
    """The evidence says that it is over. False where it was over already."""
    return _end(session_key, at or clock.now(), asked=False)


def end(session_key: str, by: int | None = None) -> bool:  # noqa: ARG001 - who asked is kept by the case
    """A person ends it: it is over now, and its room is closed by a job. False where it was over already.

    Raises NotFound, Conflict (`not_now`; `not_supported` where its provider can't end a room).
    """
    session = queries.by_key(session_key)
    if session.status == SessionStatus.ENDED:
        return False
    checks.check_state(session, "end")
    if session.room.status == RoomStatus.READY and not providers.can(session.provider, END_ROOM):
        raise Conflict(
            _("The room's provider does not let us end it."), code="not_supported", session=session.key
        )
    return _end(session_key, clock.now(), asked=True)


def _end(session_key: str, moment: datetime, *, asked: bool) -> bool:
    changed = Session.objects.filter(key=session_key, status__in=NOT_OVER).update(
        status=SessionStatus.ENDED, ended_at=moment
    )
    if changed:
        facts.publish(SessionEnded(session=session_key, at=moment, asked=asked))
        pubsub.publish("session", key=session_key, status=SessionStatus.ENDED.value)
    return bool(changed)
