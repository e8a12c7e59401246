"""Our own recorder in a real room: heard, killed, resumed, refused, and made one measured file."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callboard.lib import media
from callboard.lib.tenancy import organization_scope
from callboard.live.models import Event
from callboard.people.models import ConsentKind, Person
from callboard.people.operations import withdraw_consent
from callboard.sessions.models import Recording, Room, Server
from callboard.sessions.operations import recheck_recording
from callboard.sessions.operations.recorders import want_recorder
from callboard.sessions.recording_models import RecordingLease, RecordingWish, WishStatus
from callboard.workflows import keep_recordings
from tests.integrations.recorder.conftest import Lesson, Recorder
from tests.support.livekit import Server as LiveKit

pytestmark = pytest.mark.django_db(transaction=True)

StartRecorder = Callable[..., Recorder]


def want(lesson: Lesson) -> RecordingWish:
    with organization_scope(lesson.organization):
        return want_recorder(lesson.row(), "own", "spare")


def status(wish: RecordingWish, lesson: Lesson) -> str:
    with organization_scope(lesson.organization):
        return RecordingWish.objects.get(pk=wish.pk).status


def told(lesson: Lesson) -> list[tuple[str, dict[str, Any]]]:
    """The evidence of recorders, in order."""
    with organization_scope(lesson.organization):
        rows = Event.objects.filter(session=lesson.session, kind__startswith="recording.").order_by("seq")
        return [(row.kind, json.loads(row.data)) for row in rows]


def until(condition: Callable[[], object], most: float = 60.0) -> None:
    given_up = time.monotonic() + most
    while not condition():
        assert time.monotonic() < given_up, "it did not come to pass"
        time.sleep(0.1)


def seconds(lesson: Lesson) -> float:
    return max((data.get("seconds", 0.0) for _kind, data in told(lesson)), default=0.0)


def test_a_room_is_heard_through_a_kill_and_becomes_one_file_that_is_measured(
    lesson: Lesson, livekit: LiveKit, recorder: StartRecorder, kept: Path, tmp_path: Path
) -> None:
    livekit.join(lesson.room, lesson.iris, "microphone")
    wish = want(lesson)
    first = recorder()
    until(lambda: [kind for kind, _ in told(lesson)] == ["recording.started", "recording.progress"])
    time.sleep(1)
    first.kill()

    recorder()
    until(lambda: [kind for kind, _ in told(lesson)].count("recording.started") == 2)
    until(lambda: status(wish, lesson) == "running")
    time.sleep(2)
    lesson.end()
    until(lambda: status(wish, lesson) == WishStatus.ENDED)
    assert not RecordingLease.objects.exists()
    until(lambda: not list((tmp_path / "data" / "recorder").glob("*/*/*/*.webm")))

    keep_recordings.file_own(lesson.organization, wish.pk)
    keep_recordings.file_own(lesson.organization, wish.pk)
    files = [data for kind, data in told(lesson) if kind == "recording.file"]
    assert len(files) == 1
    assert files[0]["recorder"] == wish.recorder
    assert files[0]["seconds"] > 4
    assert not files[0]["silent"]
    with organization_scope(lesson.organization):
        location = Recording.objects.get(recorder=wish.recorder).location
    assert media.measure(kept / location).seconds == files[0]["seconds"]


def test_it_follows_the_session_into_another_room(
    lesson: Lesson, livekit: LiveKit, recorder: StartRecorder, kept: Path
) -> None:
    wish = want(lesson)
    recorder()
    until(lambda: status(wish, lesson) == "running")
    other = f"{lesson.room}-2"
    livekit.join(other, lesson.iris, "microphone")
    with organization_scope(lesson.organization):
        Room.objects.update(external_id=other)
    time.sleep(5)
    lesson.end()
    until(lambda: status(wish, lesson) == WishStatus.ENDED)
    keep_recordings.file_own(lesson.organization, wish.pk)
    assert [data["silent"] for kind, data in told(lesson) if kind == "recording.file"] == [False]
    assert [kind for kind, _ in told(lesson)].count("recording.started") == 1


def test_nobody_sees_it_and_strangers_are_not_heard(
    lesson: Lesson, livekit: LiveKit, recorder: StartRecorder
) -> None:
    livekit.join(lesson.room, "per_stranger", "microphone")
    wish = want(lesson)
    recorder()
    until(lambda: status(wish, lesson) == "running")
    time.sleep(2)
    lesson.end()
    until(lambda: status(wish, lesson) == WishStatus.ENDED)
    keep_recordings.file_own(lesson.organization, wish.pk)
    assert [data["silent"] for kind, data in told(lesson) if kind == "recording.file"] == [True]


def test_a_consent_that_is_withdrawn_ends_it_and_none_at_all_refuses_it(
    lesson: Lesson, recorder: StartRecorder
) -> None:
    wish = want(lesson)
    recorder()
    until(lambda: status(wish, lesson) == "running")
    with organization_scope(lesson.organization):
        withdraw_consent(Person.objects.get(key=lesson.ana), ConsentKind.RECORDING)
        recheck_recording(lesson.people["ana"])
        late = RecordingWish.objects.create(
            session=lesson.row(), request="late", by="own", why="spare", recorder="rec_late"
        )
        RecordingLease.objects.create(wish=late.pk, tenant=lesson.organization)
    until(lambda: status(wish, lesson) == WishStatus.ENDED)
    until(lambda: status(late, lesson) == WishStatus.REFUSED)
    assert "rec_late" not in {data["recorder"] for _kind, data in told(lesson)}


def test_a_room_that_it_cannot_enter_is_no_evidence_of_a_recorder(
    lesson: Lesson, recorder: StartRecorder
) -> None:
    with organization_scope(lesson.organization):
        Server.objects.update(settings={"url": "ws://127.0.0.1:9", "api_key": "k", "api_secret": "s" * 32})
    wish = want(lesson)
    recorder()
    until(lambda: RecordingLease.objects.exclude(held_until=None).exists())
    time.sleep(2)
    lesson.end()
    until(lambda: status(wish, lesson) == WishStatus.REFUSED)
    keep_recordings.file_own(lesson.organization, wish.pk)
    assert told(lesson) == []


def test_a_store_that_is_down_loses_nothing(
    lesson: Lesson, livekit: LiveKit, recorder: StartRecorder, kept: Path
) -> None:
    kept.mkdir()
    livekit.join(lesson.room, lesson.iris, "microphone")
    wish = want(lesson)
    recorder()
    until(lambda: status(wish, lesson) == "running")
    shutil.rmtree(kept)
    kept.write_text("no folder any more")
    time.sleep(2)
    lesson.end()
    until(lambda: ("recording.stopped", {"recorder": wish.recorder}) in told(lesson))
    time.sleep(1)
    assert status(wish, lesson) == "running"
    kept.unlink()
    until(lambda: status(wish, lesson) == WishStatus.ENDED)
    keep_recordings.file_own(lesson.organization, wish.pk)
    assert [data["silent"] for kind, data in told(lesson) if kind == "recording.file"] == [False]
