"""What was recorded becomes a file that is kept, measured, and in its time forgotten.

1. Our own recorder is done: the parts in the store are joined to one file, which is measured and stored, and
   the evidence of it is written with its location, once. The store is down: tried again, a minute apart at
   most, until it is not. Killed: done again, with the same outcome. More of it comes to the store later:
   joined again.
2. A provider's recorder is done: its file is looked for in the store until it is there, for a day. It is
   measured; what its provider claims of it is not believed unread. It never comes: the rule's case.
3. A file that cannot be read is evidence too: of a recording of no length and no sound.
4. Whoever it was of is erased when the file is there, or the organization is gone: deleted again, with its
   parts. Killed before that: done again.
5. Each hour, what the policy keeps no longer is noted as deleted, then its file is; and the parts of what was
   made a file a day ago. Killed between the two: the next hour finds the file still named, and deletes it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from procrastinate.contrib.django import app

from callboard.lib import clock, crash, jobs
from callboard.lib.tenancy import organization_scope
from callboard.live import log
from callboard.people.queries import all_organizations
from callboard.sessions import recording_files, recording_queries
from callboard.sessions.operations import recorders
from callboard.sessions.recording_models import RecordingWish, WishBy, WishStatus

if TYPE_CHECKING:
    from callboard.lib.media import Measured
    from callboard.lib.store import Store

PARTS_KEPT = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@jobs.job(queue="recordings", retry=jobs.PERSISTENT, name="keep_recordings.file_own")
def file_own(organization: int, wish: int) -> None:
    """Make one file of what our own recorder brought to the store."""
    from callboard.lib import media, store  # codecs: for those who work on files alone

    with organization_scope(organization):
        found = RecordingWish.objects.select_related("session").filter(pk=wish).first()
    if found is None or found.began_at is None:
        return  # the organization is gone with all files; or it never heard anything
    key, recorder = found.session.key, found.recorder
    kept = store.recordings()
    parts = list(kept.names(recording_files.parts_folder(organization, key, recorder)))
    if not parts:
        return
    location = recording_files.file_name(organization, key, recorder)
    with tempfile.TemporaryDirectory(prefix="callboard-") as folder:
        whole = Path(folder) / "whole.webm"
        try:
            media.join(_streams(kept, parts, Path(folder)), whole)
            measured = media.measure(whole)
            kept.put(location, whole)
        except media.Unreadable:
            measured, location = media.Measured(0.0, 0, True, 0.0), ""
    crash.point("keep_recordings.stored")
    size = sum(length for _name, length in parts)
    if not _record(organization, found, location, measured, f"rec-{recorder}-file-{size}"):
        for name, _length in parts:
            kept.delete(name)


def _streams(kept: Store, parts: Sequence[tuple[str, int]], folder: Path) -> list[Path]:
    """The streams as local files, in order."""
    found = []
    for epoch, names in sorted(recording_files.streams(parts).items()):
        path = folder / f"{epoch:04d}.webm"
        with path.open("wb") as out:
            for name in names:
                out.write(kept.read(name, 0, kept.size(name)))
        found.append(path)
    return found


@jobs.job(queue="recordings", retry=False, name="keep_recordings.find_file")
def find_file(organization: int, wish: int) -> None:
    """Look for the file of a provider's recorder, and measure it. Not there yet: the next look finds it."""
    from callboard.lib import media, store

    with organization_scope(organization):
        running = RecordingWish.objects.filter(status=WishStatus.RUNNING)
        found = running.select_related("session").filter(pk=wish).first()
        if found is None:
            return
        folders = recording_queries.folders(found.session)
    kept = store.recordings()
    names = [name for each in folders for name, _size in kept.names(each)]
    location = recording_files.of_request(names, found.request)
    if location is None:
        return
    with tempfile.TemporaryDirectory(prefix="callboard-") as folder:
        path = Path(folder) / "file"
        size = kept.fetch(location, path)
        try:
            measured = media.measure(path)
        except media.Unreadable:
            measured = media.Measured(0.0, size, True, 0.0)
    crash.point("keep_recordings.measured")
    _record(organization, found, location, measured, f"rec-{found.recorder}-measured-{size}")


def _record(organization: int, wish: RecordingWish, location: str, measured: Measured, event: str) -> bool:
    """The location and the evidence of it, together and once. False where it is not kept: the file goes, and
    only then is that said.
    """
    with organization_scope(organization):
        kept = recorders.filed(wish, location)
        if kept:
            _tell(organization, wish, measured, event)
    if kept:
        return True
    from callboard.lib import store

    if location:
        store.recordings().delete(location)
    with organization_scope(organization):
        if recorders.not_kept(wish):
            _tell(organization, wish, measured, event)
    return False


def _tell(organization: int, wish: RecordingWish, measured: Measured, event: str) -> None:
    if not jobs.once(f"recording.file:{organization}:{event}"[:200]):
        return
    now = (clock.now() - EPOCH) // timedelta(microseconds=1)
    data = {
        "recorder": wish.recorder,
        "seconds": measured.seconds,
        "bytes": measured.bytes,
        "silent": measured.silent,
    }
    text = msgspec.json.encode(data).decode()
    log.append([log.Line(organization, wish.session.key, event, "recording.file", now, now, data=text)])


# -- looked after by the clock


@app.periodic(cron="* * * * * */20", periodic_id="keep_recordings.look_for_files")
@jobs.job(queue="recordings", retry=False, name="keep_recordings.look_for_files")
def look_for_files(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, which says nothing
    """Every twenty seconds: files of providers that have not been found yet. A run that fails: the next."""
    slot = int(clock.now().timestamp()) // 60
    for organization in all_organizations():
        with organization_scope(organization):
            wishes = recording_queries.without_file(clock.now())
            waiting = [each for each in wishes if jobs.once(f"find_file:{organization}:{each}:{slot}")]
            jobs.defer_many(find_file, [{"organization": organization, "wish": each} for each in waiting])


@app.periodic(cron="23 * * * *", periodic_id="keep_recordings.forget")
@jobs.job(queue="recordings", retry=False, name="keep_recordings.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001
    """Every hour. A run that fails or is killed is made good by the next."""
    for organization in all_organizations():
        forget_in(organization)


def forget_in(organization: int) -> int:
    """Delete what an organization keeps no longer; answers how many recordings."""
    from callboard.lib import store

    with organization_scope(organization):
        now = clock.now()
        found = [*recording_queries.outlived(now), *recording_queries.deleted_with_a_file_left()]
    for recording in found:
        drop(organization, recording.pk, "keep_recordings.deleted")
    _tidy_parts(organization, store.recordings())
    return len(found)


def drop(organization: int, recording: int, point: str) -> None:
    """Say that it is deleted, so that nobody files another; then its file goes, then its name."""
    from callboard.lib import store

    with organization_scope(organization):
        location = recorders.forgotten(recording, clock.now())
    if not location:
        return
    store.recordings().delete(location)
    crash.point(point)
    with organization_scope(organization):
        recorders.file_gone(recording)


def _tidy_parts(organization: int, kept: Store) -> None:
    """The parts of what has been one file for a day."""
    until = clock.now() - PARTS_KEPT
    with organization_scope(organization):
        filed = list(
            RecordingWish.objects.filter(
                by=WishBy.OWN, status=WishStatus.FILED, ended_at__range=(until - PARTS_KEPT * 6, until)
            ).values_list("session__key", "recorder")
        )
    for session, recorder in filed:
        for name, _size in kept.names(recording_files.parts_folder(organization, session, recorder)):
            kept.delete(name)
