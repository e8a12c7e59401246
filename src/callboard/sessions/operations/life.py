"""A session goes live and ends: by the evidence (called from the live path), or by a person's hand.

Each is one conditional update: said twice, in whatever order, it happens once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from callboard.lib import clock, facts, pubsub, tenancy
from callboard.lib.errors import Conflict
from callboard.sessions import queries
from callboard.sessions.facts import SessionEnded, SessionWentLive
from callboard.sessions.models import RoomStatus, SessionStatus
from callboard.sessions.operations import checks
from callboard.sessions.ports import END_ROOM, providers

NOT_YET = (SessionStatus.SCHEDULED, SessionStatus.READY)
NOT_OVER = (*NOT_YET, SessionStatus.LIVE)


def went_live(session_key: str, at: datetime | None = None) -> bool:
    """The instructor and a learner are in. False where it is live already, or cancelled."""
    return bool(all_went_live({session_key: at or clock.now()}))


def all_went_live(began: Mapping[str, datetime]) -> list[str]:
    """Sessions by key, and when each went live; answers those that were not live already, nor cancelled.

    One that had ended is live again: late evidence has shown that it went on. However many, one statement:
    at the full hour a thousand go live in the same moment.
    """
    changed = _set(
        SessionStatus.LIVE, (*NOT_YET, SessionStatus.ENDED), began, "started_at = said.at, ended_at = NULL"
    )
    for key in changed:
        facts.publish(SessionWentLive(session=key, at=began[key]))
    return changed


def ended(session_key: str, at: datetime | None = None) -> bool:
    """The evidence says that it is over. False where it was over already."""
    return _end(session_key, at or clock.now(), asked=False)


def all_ended(over: Mapping[str, datetime], *, asked: bool = False) -> list[str]:
    """Sessions by key, and when each ended; answers those that were not over already."""
    changed = _set(SessionStatus.ENDED, NOT_OVER, over, "ended_at = said.at")
    for key in changed:
        facts.publish(SessionEnded(session=key, at=over[key], asked=asked))
    return changed


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
    return bool(all_ended({session_key: moment}, asked=asked))


def _set(
    status: SessionStatus, former: Collection[SessionStatus], said: Mapping[str, datetime], changes: str
) -> list[str]:
    """One conditional update of many sessions, and word of it; answers the keys of those that changed."""
    if not said:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE callboard_sessions_session AS session SET status = %s, {changes}"  # noqa: S608 - ours alone
            " FROM unnest(%s::text[], %s::timestamptz[]) AS said (key, at)"
            " WHERE session.organization_id = %s AND session.key = said.key AND session.status = ANY(%s)"
            " RETURNING session.key",
            [status.value, list(said), list(said.values()), tenancy.current_organization(),
             [one.value for one in former]],
        )  # fmt: skip
        changed = [str(row[0]) for row in cursor.fetchall()]
    pubsub.publish_many("session", [{"key": key, "status": status.value} for key in changed])
    return changed
