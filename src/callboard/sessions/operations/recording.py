"""The recorder: asking for it again, and keeping what is known of each one's work."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from callboard.lib import facts, ids, pubsub
from callboard.lib.errors import Conflict
from callboard.sessions import queries
from callboard.sessions.facts import RecordingRestartAsked
from callboard.sessions.models import Recording
from callboard.sessions.operations import checks
from callboard.sessions.ports import RECORD, providers


def restart_recording(session_key: str, by: int | None = None) -> str:  # noqa: ARG001 - kept by the case
    """Ask the provider, by a job, to record again; answers the request's id.

    Raises NotFound, Conflict (`not_now`, `not_recorded`, `not_supported`).
    """
    session = queries.by_key(session_key)
    checks.check_state(session, "restart_recording")
    if not session.recording_wanted:
        words = session.recording_refusal or _("This session is not to be recorded.")
        raise Conflict(words, code="not_recorded", session=session.key)
    if not providers.can(session.provider, RECORD):
        raise Conflict(
            _("The room's provider does not record for us."), code="not_supported", session=session.key
        )
    request = ids.new("req")
    facts.publish(RecordingRestartAsked(session=session.key, request=request))
    return request


def note_recording(
    session_key: str,
    recorder: str,
    *,
    status: str | None = None,
    seconds: float | None = None,
    started_at: datetime | None = None,
    stopped_at: datetime | None = None,
    file_at: datetime | None = None,
    file_seconds: float | None = None,
    file_bytes: int | None = None,
    file_silent: bool | None = None,
) -> None:
    """Keep what the evidence says of one recorder; what is None is not known from it and stays as it was."""
    session = queries.by_key(session_key)
    known = {
        "status": status,
        "started_at": started_at,
        "stopped_at": stopped_at,
        "file_at": file_at,
        "file_seconds": file_seconds,
        "file_bytes": file_bytes,
        "file_silent": file_silent,
    }
    said = {name: value for name, value in known.items() if value is not None}
    Recording.objects.bulk_create(
        [Recording(session=session, recorder=recorder, started_at=started_at)], ignore_conflicts=True
    )
    changes: dict[str, object] = dict(said)
    if started_at is not None:
        changes["started_at"] = Coalesce(F("started_at"), started_at)
    if seconds is not None:
        changes["seconds"] = Greatest(F("seconds"), seconds)
    Recording.objects.filter(session=session, recorder=recorder).update(**changes)
    pubsub.publish("session", key=session.key, status=session.status)
