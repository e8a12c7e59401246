"""The recordings of a session, as those see them who may hear them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from callboard.lib.errors import Conflict
from callboard.sessions import recording_files, recording_queries
from callboard.sessions.models import Recording, Session
from callboard.sessions.operations.recorders import PREFIX, kept_until
from callboard.sessions.recording_models import RecordingPolicy, RecordingView, RecordingWish
from callboard.web import times
from callboard.web.reads.story import Story
from callboard.web.viewer import Viewer


@dataclass(frozen=True)
class Looked:
    """Someone who asked to hear it."""

    who: str
    at: str


@dataclass(frozen=True)
class Row:
    """One recording. `ask`: where its playing is asked for; empty where it cannot be, for `why_not`."""

    pk: int
    by: str
    began: str
    length: str
    state: str
    wrong: bool
    ask: str
    why_not: str
    looked: Sequence[Looked]
    src: str = ""
    video: bool = False


@dataclass(frozen=True)
class Section:
    rows: list[Row]
    staff: bool


def section(story: Story, viewer: Viewer, play: str, playing: int) -> Section | None:
    """None for whoever may not hear it. `play` is the token of the one that is being played."""
    session, found = story.session, story.recordings
    if not recording_queries.playable_to(viewer.access, session):
        return None
    if not viewer.is_staff:
        found = [one for one in found if one.location and one.deleted_at is None]
    kept = [one for one in found if one.file_at or one.location]
    if not kept:
        # Of a session that is running: there is nothing to hear, and nobody who heard it.
        return Section([_row(each, session, viewer) for each in found], viewer.is_staff)
    views: dict[int, list[RecordingView]] = defaultdict(list)
    if viewer.is_staff:
        for view in recording_queries.views_of(kept):
            views[view.recording_id].append(view)
    screens = set(
        RecordingWish.objects.filter(session=session, screen=True).values_list("recorder", flat=True)
    )
    policy = recording_queries.policy()
    return Section(
        [
            _row(
                each,
                session,
                viewer,
                policy,
                views[each.pk],
                src=reverse("web:recording", args=[play]) if play and each.pk == playing else "",
                video=recording_files.has_pictures(each.location, each.recorder in screens),
            )
            for each in found
        ],
        viewer.is_staff,
    )


def _row(
    recording: Recording,
    session: Session,
    viewer: Viewer,
    policy: RecordingPolicy | None = None,
    views: Sequence[RecordingView] = (),
    *,
    src: str = "",
    video: bool = False,
) -> Row:
    why_not, ask = "", reverse("web:ask_recording", args=[session.key, recording.pk])
    try:
        recording_queries.check_playable(recording)
    except Conflict as refusal:
        why_not, ask = str(refusal), ""
    seconds = recording.seconds if recording.file_seconds is None else recording.file_seconds
    own = recording.recorder.startswith(f"{PREFIX}_")
    state, wrong = _state(recording, policy, viewer)
    return Row(
        pk=recording.pk,
        by=_("Our recorder") if own else _("The provider’s recorder"),
        began=times.hms(recording.started_at, viewer.tz) if recording.started_at else "",
        # Of one that runs only now and then is written down how far it is; the axis draws it.
        length="" if recording.status == "running" else _length(seconds),
        state=state,
        wrong=wrong,
        ask=ask,
        why_not=why_not,
        looked=[_looked(view, viewer) for view in views[:20]],
        src=src if ask else "",
        video=video,
    )


def _state(recording: Recording, policy: RecordingPolicy | None, viewer: Viewer) -> tuple[str, bool]:
    if recording.deleted_at is not None:
        return _("deleted %(day)s") % {"day": times.day(recording.deleted_at, viewer.tz)}, False
    if recording.file_silent:
        return _("nothing is to be heard in it"), True
    if recording.location and policy is not None:
        until = kept_until(recording, policy)
        if until is None:
            return _("kept for good"), False
        return _("kept until %(day)s") % {"day": formats.date_format(until.astimezone(viewer.tz))}, False
    said = {
        "running": (_("recording"), False),
        "quiet": (_("no sign of it"), True),
        "failed": (_("failed"), True),
        "stopped": (_("stopped"), False),
    }
    return said.get(recording.status, (recording.status, False))


def _looked(view: RecordingView, viewer: Viewer) -> Looked:
    member = view.member
    name = view.asker or (member and (member.user.name or member.user.email))
    at: datetime = view.played_at or view.asked_at
    return Looked(name or _("someone who has left"), f"{times.day(at, viewer.tz)} {times.hm(at, viewer.tz)}")


def _length(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}" if whole >= 3600 else (
        f"{whole // 60}:{whole % 60:02d}"
    )  # fmt: skip
