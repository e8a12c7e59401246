"""Files are measured, not believed; kept as long as the policy says, and gone after it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from callboard.lib import clock
from callboard.lib.clock import VirtualClock
from callboard.lib.media import BLOCK, RATE, Samples, Writer
from callboard.lib.store import Store
from callboard.live.models import Event
from callboard.sessions import operations
from callboard.sessions.models import Recording, Session
from callboard.sessions.operations import note_recording
from callboard.sessions.operations.recorders import set_recording_policy, took_wish, want_recorder
from callboard.sessions.ports import RoomInfo
from callboard.sessions.recording_files import parts_folder
from callboard.sessions.recording_models import RecordingWish, WishStatus
from callboard.sessions.retention_models import Announced
from callboard.workflows import keep_recordings
from tests.sessions.conftest import START, Cast

pytestmark = pytest.mark.django_db

RunJobs = Callable[..., list[str]]


def sound(seconds: float, level: int = 8000) -> bytes:
    """A stream as our own recorder writes it."""
    count = int(seconds * RATE) // BLOCK * BLOCK
    samples: Samples = (np.sign(np.sin(np.arange(count) / 20)) * level).astype(np.int16)
    out = io.BytesIO()
    writer = Writer(out)
    writer.sound(samples)
    writer.close()
    return out.getvalue()


@pytest.fixture
def kept(tmp_path: Path, settings: Any) -> Store:
    settings.RECORDINGS = str(tmp_path / "kept")
    return Store(settings.RECORDINGS)


@pytest.fixture
def session(cast: Cast) -> Session:
    return operations.book(cast.booking(recording_wanted=True, room=RoomInfo("r-1")))


def files() -> list[dict[str, Any]]:
    rows = Event.objects.filter(kind="recording.file").order_by("seq")
    return [msgspec.json.decode(row.data) for row in rows]


@pytest.fixture
def own(session: Session) -> RecordingWish:
    wish = want_recorder(session, "own", "spare")
    RecordingWish.objects.filter(pk=wish.pk).update(status=WishStatus.ENDED, began_at=START, ended_at=START)
    return wish


def put_parts(kept: Store, organization: Any, session: Session, wish: RecordingWish, *streams: bytes) -> None:
    folder = parts_folder(organization.pk, session.key, wish.recorder)
    for epoch, content in enumerate(streams, 1):
        half = len(content) // 2
        kept.put(f"{folder}/{epoch:04d}-{0:012d}", content[:half])
        kept.put(f"{folder}/{epoch:04d}-{half:012d}", content[half:])


def test_the_parts_of_our_own_recorder_become_one_file_once(
    kept: Store, organization: Any, session: Session, own: RecordingWish
) -> None:
    put_parts(kept, organization, session, own, sound(3), sound(2)[:-40])
    for _ in range(2):
        keep_recordings.file_own(organization.pk, own.pk)
    assert len(files()) == 1
    assert files()[0]["seconds"] == pytest.approx(5, abs=0.3)
    assert not files()[0]["silent"]
    recording = Recording.objects.get(recorder=own.recorder)
    assert kept.size(recording.location) == files()[0]["bytes"]
    assert RecordingWish.objects.get().status == WishStatus.FILED


def test_what_comes_to_the_store_later_is_joined_too(
    kept: Store, organization: Any, session: Session, own: RecordingWish
) -> None:
    put_parts(kept, organization, session, own, sound(3))
    keep_recordings.file_own(organization.pk, own.pk)
    put_parts(kept, organization, session, own, sound(3), sound(4))
    keep_recordings.file_own(organization.pk, own.pk)
    assert [round(one["seconds"]) for one in files()] == [3, 7]


def test_parts_that_nothing_can_be_read_from_are_evidence_of_that(
    kept: Store, organization: Any, session: Session, own: RecordingWish
) -> None:
    put_parts(kept, organization, session, own, b"nothing of a recording")
    keep_recordings.file_own(organization.pk, own.pk)
    assert files() == [{"recorder": own.recorder, "seconds": 0.0, "bytes": 0, "silent": True}]


@pytest.fixture
def egress(session: Session, run_jobs: RunJobs) -> RecordingWish:
    """A provider's recorder that has run for a minute and stopped."""
    run_jobs()
    wish = want_recorder(session, "provider", "live", "req_a")
    took_wish(wish.pk, "EG_1")
    note_recording(session.key, "EG_1", status="stopped", started_at=START, stopped_at=START, seconds=60.0)
    return wish


@pytest.mark.parametrize(
    ("content", "seconds", "silent"),
    [(sound(4), 4, False), (sound(4, level=0), 4, True), (b"", 0, True), (b"torn", 0, True)],
    ids=["whole", "silent", "empty", "torn"],
)
def test_a_providers_file_is_found_and_measured(
    kept: Store, egress: RecordingWish, run_jobs: RunJobs, content: bytes, seconds: float, silent: bool
) -> None:
    keep_recordings.look_for_files(0)
    assert run_jobs() == ["keep_recordings.find_file"]
    assert files() == []
    kept.put(f"{egress.session.key}/req_a.mp4", content)
    with clock.using(VirtualClock(clock.now() + timedelta(minutes=2))):
        keep_recordings.look_for_files(0)
    assert run_jobs() == ["keep_recordings.find_file"]
    assert files()[0]["recorder"] == "EG_1"
    assert files()[0]["seconds"] == pytest.approx(seconds, abs=0.2)
    assert files()[0]["silent"] is silent
    assert Recording.objects.get(recorder="EG_1").location == f"{egress.session.key}/req_a.mp4"
    with clock.using(VirtualClock(clock.now() + timedelta(minutes=4))):
        keep_recordings.look_for_files(0)
    assert run_jobs() == []


def let_go_of(recorder: str) -> None:
    """As a week after it was announced."""
    recording, now = Recording.objects.get(recorder=recorder), clock.now()
    Announced.objects.create(
        kind="recordings", ref=recording.pk, moment=now, announced_at=now - timedelta(days=8), due_at=now,
        begun_at=now,
    )  # fmt: skip


def test_what_is_kept_no_longer_is_deleted_and_noted_though_killed_in_between(
    kept: Store, organization: Any, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_recording_policy({"kept_days": 30})
    for name, age in (("old", 31), ("young", 29)):
        kept.put(f"recordings/{name}", b"-")
        note_recording(session.key, name, file_at=clock.now() - timedelta(days=age))
        Recording.objects.filter(recorder=name).update(location=f"recordings/{name}")
    let_go_of("old")

    def dies(_name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("callboard.lib.crash.point", dies)
        with pytest.raises(KeyboardInterrupt):
            keep_recordings.forget_in(organization.pk)
    assert [name for name, _ in kept.names("recordings")] == ["recordings/young"]
    assert keep_recordings.forget_in(organization.pk) == 1
    assert keep_recordings.forget_in(organization.pk) == 0
    assert Recording.objects.get(recorder="old").deleted_at is not None
    assert Recording.objects.get(recorder="young").deleted_at is None


def test_what_was_not_announced_stays(kept: Store, organization: Any, session: Session) -> None:
    set_recording_policy({"kept_days": 1})
    note_recording(session.key, "r", file_at=clock.now() - timedelta(days=5000))
    Recording.objects.update(location="recordings/r")
    assert keep_recordings.forget_in(organization.pk) == 0
