"""Looking at a recording: by a link that lasts for a while, each time written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from callboard.lib import clock, signing, tenancy
from callboard.people.access import Access
from callboard.sessions import recording_queries
from callboard.sessions.models import Recording
from callboard.sessions.recording_models import RecordingView

PURPOSE = "recording"
LASTS = timedelta(hours=3)
"""A link outlives the longest sitting, pauses included."""


@dataclass(frozen=True)
class Playback:
    """`token` opens /recordings/<token> until then, whoever has it: it is not to be passed on."""

    token: str
    until: datetime


def ask_playback(access: Access, recording_id: int) -> Playback:
    """A link for one viewing, noted with who asked. Raises NotFound, Conflict as queries.to_play."""
    recording = recording_queries.to_play(access, recording_id)
    view = RecordingView.objects.create(
        recording=recording, member_id=access.member, asker=access.name[:100] if access.key else ""
    )
    until = clock.now() + LASTS
    token = signing.sign_until(PURPOSE, until, tenancy.current_organization(), view.pk)
    return Playback(token, until)


@dataclass(frozen=True)
class Ticket:
    """What a link names."""

    organization: int
    view: int


def read_ticket(token: str) -> Ticket:
    """Needs no organization in scope. Raises lib.signing.BadToken, TokenExpired."""
    values = signing.read_until(PURPOSE, token)
    if len(values) != 2 or not all(value.isdigit() for value in values):
        raise signing.BadToken("this token names no recording")
    return Ticket(int(values[0]), int(values[1]))


def play(ticket: Ticket) -> Recording:
    """The recording to hand out now; the first time is noted. Consents are asked each time.

    Raises Conflict, and lib.signing.BadToken where it is there no more.
    """
    view = RecordingView.objects.select_related("recording__session").filter(pk=ticket.view).first()
    if view is None:
        raise signing.BadToken("this token names no recording")
    recording = recording_queries.check_playable(view.recording)
    if view.played_at is None:
        RecordingView.objects.filter(pk=view.pk, played_at=None).update(played_at=clock.now())
    return recording
