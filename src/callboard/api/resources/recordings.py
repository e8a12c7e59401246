"""Recordings: which there are, hearing them, who has, and the policy."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from ninja import Router

from callboard.api.guard import Asked
from callboard.api.resources.sessions import seen
from callboard.api.shapes import recordings as shapes
from callboard.lib.errors import NotFound
from callboard.sessions import recording_queries
from callboard.sessions.models import Recording
from callboard.sessions.operations import recorders, viewing

of_sessions = Router(tags=["Recordings"])
router = Router(tags=["Recordings"])
policy = Router(tags=["Recordings"])


@of_sessions.get("/{session}/recordings", response=shapes.RecordingList, operation_id="list_recordings")
def list_recordings(request: Asked, session: str) -> Any:
    """Those of a session, by when they began. Whoever may not hear them finds none."""
    found = seen(request.access, session)
    in_force = recording_queries.policy()
    rows = (
        recording_queries.recordings_of(found) if recording_queries.playable_to(request.access, found) else []
    )
    return {"items": [shapes.recording_item(each, found.key, in_force) for each in rows]}


@router.post("/{int:recording}/playback", response=shapes.PlaybackItem, operation_id="play_recording")
def play(request: Asked, recording: int) -> Any:
    """A link for one viewing, which is noted. 409 `no_file`, `deleted`, or `consent_missing` where someone
    who took part does not agree to it any more.
    """
    playback = viewing.ask_playback(request.access, recording)
    return {"url": request.build_absolute_uri(f"/recordings/{playback.token}"), "until": playback.until}


@router.get("/{int:recording}/views", response=shapes.ViewList, operation_id="list_recording_views")
def list_views(request: Asked, recording: int) -> Any:
    """Who asked to hear it, the latest first."""
    request.access.require("sessions.read")
    row = Recording.objects.filter(pk=recording).first()
    if row is None:
        raise NotFound(_("There is no such recording."), code="recording_not_found")
    return {"items": [shapes.view_item(each) for each in recording_queries.views_of([row])]}


@policy.get("", response=shapes.RecordingPolicyItem, operation_id="get_recording_policy")
def get_policy(request: Asked) -> Any:
    request.access.require("sessions.read")
    return shapes.policy_item(recording_queries.policy())


@policy.put("", response=shapes.RecordingPolicyItem, operation_id="save_recording_policy")
def save_policy(request: Asked, given: shapes.RecordingPolicyIn) -> Any:
    """Change some of it, from now on."""
    request.access.require("settings.manage")
    values = given.dict(exclude_none=True)
    return shapes.policy_item(recorders.set_recording_policy(values, by=request.access))
