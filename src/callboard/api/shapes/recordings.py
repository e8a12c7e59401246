"""Recordings as the API tells them, and the policy as it takes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from callboard.sessions.models import Recording
from callboard.sessions.operations.recorders import LONGEST_KEPT, PREFIX, kept_until
from callboard.sessions.recording_models import RecordingPolicy, RecordingView


class RecordingItem(Schema):
    """One recorder's work. `own`: our own recorder's. `seconds` is what it told of; `file_seconds` and
    `silent` are measured from the file. `playable`: its file is kept here.
    """

    id: int
    session: str
    recorder: str
    own: bool
    status: Literal["running", "quiet", "stopped", "failed"]
    started_at: datetime | None
    stopped_at: datetime | None
    seconds: float
    file_at: datetime | None
    file_seconds: float | None
    file_bytes: int | None
    silent: bool | None
    playable: bool
    kept_until: datetime | None
    deleted_at: datetime | None


class RecordingList(Schema):
    items: list[RecordingItem]


class PlaybackItem(Schema):
    """`url` opens the file until then, in ranges where asked for, for whoever has it."""

    url: str
    until: datetime


class ViewItem(Schema):
    """Who asked to hear it (`member` an id, else a key by its name), and when they first did."""

    member: int | None
    key: str | None
    asked_at: datetime
    played_at: datetime | None


class ViewList(Schema):
    items: list[ViewItem]


class RecordingPolicyItem(Schema):
    """`own`: what our own recorder does: off, spare (when the provider's fails) or beside (always).
    `screen`: it takes the shared screen too. `kept_days` 0: for good. `version` 0: as it comes.
    """

    own: Literal["off", "spare", "beside"]
    screen: bool
    kept_days: int
    version: int


class RecordingPolicyIn(Schema):
    """What is left out stays."""

    own: Literal["off", "spare", "beside"] | None = None
    screen: bool | None = None
    kept_days: int | None = Field(None, ge=0, le=LONGEST_KEPT)


def recording_item(recording: Recording, session: str, policy: RecordingPolicy) -> dict[str, Any]:
    return {
        "id": recording.pk,
        "session": session,
        "recorder": recording.recorder,
        "own": recording.recorder.startswith(f"{PREFIX}_"),
        "status": recording.status,
        "started_at": recording.started_at,
        "stopped_at": recording.stopped_at,
        "seconds": recording.seconds,
        "file_at": recording.file_at,
        "file_seconds": recording.file_seconds,
        "file_bytes": recording.file_bytes,
        "silent": recording.file_silent,
        "playable": bool(recording.location) and recording.deleted_at is None,
        "kept_until": kept_until(recording, policy) if recording.location else None,
        "deleted_at": recording.deleted_at,
    }


def view_item(view: RecordingView) -> dict[str, Any]:
    return {
        "member": None if view.asker else view.member_id,
        "key": view.asker or None,
        "asked_at": view.asked_at,
        "played_at": view.played_at,
    }


def policy_item(policy: RecordingPolicy) -> dict[str, Any]:
    return {
        "own": policy.own,
        "screen": policy.screen,
        "kept_days": policy.kept_days,
        "version": policy.version,
    }
