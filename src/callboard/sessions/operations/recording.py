"""The recorder: asking for it again, and keeping what is known of each one's work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from callboard.lib import facts, ids, pubsub, tenancy
from callboard.lib.errors import Conflict
from callboard.sessions import queries
from callboard.sessions.facts import RecordingRestartAsked
from callboard.sessions.models import Recording, Session
from callboard.sessions.operations import checks, gate
from callboard.sessions.ports import RECORD, providers


def restart_recording(session_key: str, by: int | None = None) -> str:  # noqa: ARG001 - kept by the case
    """Ask the provider, by a job, to record again; answers the request's id.

    Raises NotFound, Conflict (`not_now`, `not_recorded`, `not_supported`).
    """
    session = queries.by_key(session_key)
    checks.check_state(session, "restart_recording")
    gate.check(session)
    if not providers.can(session.provider, RECORD):
        raise Conflict(
            _("The room's provider does not record for us."), code="not_supported", session=session.key
        )
    request = ids.new("req")
    facts.publish(RecordingRestartAsked(session=session.key, request=request))
    return request


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What the evidence says of one recorder; what is None is not known from it and stays as it was."""

    session: str
    recorder: str
    status: str | None = None
    seconds: float | None = None
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    file_at: datetime | None = None
    file_seconds: float | None = None
    file_bytes: int | None = None
    file_silent: bool | None = None
    quiet_since: datetime | None = None


_COLUMNS = (
    ("status", "text"), ("seconds", "float8"), ("started_at", "timestamptz"), ("stopped_at", "timestamptz"),
    ("file_at", "timestamptz"), ("file_seconds", "float8"), ("file_bytes", "bigint"), ("file_silent", "bool"),
    ("quiet_since", "timestamptz"),
)  # fmt: skip
_KEPT = {"started_at": "coalesce(kept.started_at, said.started_at)",
         "seconds": "greatest(kept.seconds, said.seconds)"}  # fmt: skip
"""The first beginning counts, and the most seconds; of all else the last word."""


def note_recordings(heard: Sequence[Heard]) -> None:
    """Keep what the evidence says, each recorder at most once. Unknown sessions are passed over.

    However many, the same few statements: at the full hour a thousand recorders begin in the same moment.
    """
    keys = {one.session for one in heard}
    known = {key: (pk, status) for key, pk, status in
             Session.objects.filter(key__in=keys).values_list("key", "pk", "status")}  # fmt: skip
    heard = sorted(
        (one for one in heard if one.session in known), key=lambda one: (one.session, one.recorder)
    )
    if not heard:
        return
    Recording.objects.bulk_create(
        [Recording(session_id=known[one.session][0], recorder=one.recorder) for one in heard],
        ignore_conflicts=True,
    )
    said = ", ".join(name for name, _kind in _COLUMNS)
    arrays = ", ".join(f"%s::{kind}[]" for _name, kind in _COLUMNS)
    changes = ", ".join(
        f"{name} = {_KEPT.get(name, f'coalesce(said.{name}, kept.{name})')}" for name, _kind in _COLUMNS
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE callboard_sessions_recording AS kept SET {changes}"  # noqa: S608 - of our own names alone
            f" FROM unnest(%s::bigint[], %s::text[], {arrays}) AS said (session_id, recorder, {said})"
            " WHERE kept.organization_id = %s AND kept.session_id = said.session_id"
            " AND kept.recorder = said.recorder",
            [
                [known[one.session][0] for one in heard],
                [one.recorder for one in heard],
                *([getattr(one, name) for one in heard] for name, _kind in _COLUMNS),
                tenancy.current_organization(),
            ],
        )
    pubsub.publish_many("session", [{"key": key, "status": status} for key, (_pk, status) in known.items()])


def note_recording(session_key: str, recorder: str, **said: Any) -> None:
    """The same of one recorder, by the names of Heard. Raises NotFound."""
    queries.by_key(session_key)
    note_recordings([Heard(session=session_key, recorder=recorder, **said)])
