"""What the evidence says of each recorder, gathered over one commit; and which of them have gone quiet."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from callboard.live.engine.events import LogEvent, Progress, Recorder
from callboard.live.engine.moments import moment_of
from callboard.sessions.operations import Heard, note_recordings
from callboard.sessions.recovery import QUIET_AFTER

KINDS = frozenset(
    {"recording.started", "recording.progress", "recording.stopped", "recording.failed", "recording.file"}
)
_STATUS = {"recording.stopped": "stopped", "recording.failed": "failed"}


Key = tuple[int, str, str]
"""Organization, session, recorder."""

QUIET_US = QUIET_AFTER // timedelta(microseconds=1)
FORGOTTEN_US = 6 * 3600 * 1_000_000
LOOKED_EVERY_US = 5_000_000


class _Shown(NamedTuple):
    """A recorder's last progress: told at, its seconds then, and until when it had recorded by that."""

    at: int
    seconds: float
    reached: int


class Recorders:
    """Progress is remembered and written with the next step of its recorder: the log has it anyway.

    A recorder that showed progress and shows none for a while is said to be quiet, long before the rule's
    case, so that another can be asked for. What an owner that was killed remembered of that is remembered
    anew from the next progress on; the rule itself forgets nothing.
    """

    def __init__(self) -> None:
        self._told: dict[Key, dict[str, Any]] = {}
        self._seconds: dict[Key, float] = {}
        self._shown: dict[Key, _Shown] = {}
        self._quiet: set[Key] = set()
        self._ended: dict[Key, int] = {}
        self._looked_at = 0

    def hear(self, event: LogEvent) -> None:
        """One event of KINDS."""
        data: Recorder | Progress = event.data
        key = (event.organization, event.session, data.recorder)
        if event.kind == "recording.progress":
            self._seconds[key] = max(data.seconds or 0.0, self._seconds.get(key, 0.0))
            self._progressed(key, event.at, data.seconds or 0.0)
            return
        if event.kind != "recording.file":
            self._shown.pop(key, None)
            self._quiet.discard(key)
        told = self._told.setdefault(key, {})
        at: datetime = moment_of(event.at)
        if isinstance(data, Recorder) and event.kind == "recording.file":
            told |= {"file_at": at, "file_seconds": data.seconds, "file_bytes": data.bytes,
                     "file_silent": data.silent}  # fmt: skip
        elif event.kind == "recording.started":
            told["started_at"] = at
            if event.at > self._ended.get(key, 0):  # a start that is told late restarts nothing
                told["status"] = "running"
        else:
            told |= {"status": _STATUS[event.kind], "stopped_at": at}
            self._ended[key] = event.at

    def _progressed(self, key: Key, at: int, seconds: float) -> None:
        before = self._shown.get(key)
        if before is None:
            self._shown[key] = _Shown(at, seconds, at)
        elif seconds > before.seconds:
            reached = before.at + round((seconds - before.seconds) * 1_000_000)
            self._shown[key] = _Shown(at, seconds, min(at, reached))
        else:
            return
        if key in self._quiet:
            self._quiet.discard(key)
            self._told.setdefault(key, {})["status"] = "running"

    def look(self, now: int) -> None:
        """Which of them have been quiet for too long by now (microseconds since 1970)."""
        if now < self._looked_at + LOOKED_EVERY_US:
            return
        self._looked_at = now
        self._ended = {key: at for key, at in self._ended.items() if now - at < FORGOTTEN_US}
        for key, shown in list(self._shown.items()):
            if now - shown.at > FORGOTTEN_US:
                del self._shown[key]
                self._quiet.discard(key)
            elif now - shown.reached >= QUIET_US and key not in self._quiet:
                self._quiet.add(key)
                self._told.setdefault(key, {}).update(status="quiet", quiet_since=moment_of(shown.reached))

    def write(self, organization: int) -> None:
        """Needs an open transaction in the organization's scope."""
        mine = [key for key in self._told if key[0] == organization]
        if not mine:
            return
        heard = []
        for key in mine:
            told = self._told[key]
            seconds = self._seconds.pop(key, None) if "status" in told else self._seconds.get(key)
            heard.append(Heard(session=key[1], recorder=key[2], seconds=seconds, **told))
        note_recordings(heard)

    def organizations(self) -> set[int]:
        return {organization for organization, _, _ in self._told}

    def written(self) -> None:
        """The commit has happened: begin anew."""
        self._told.clear()
