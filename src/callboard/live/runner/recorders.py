"""What the evidence says of each recorder, gathered over one commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from callboard.live.engine.events import LogEvent, Progress, Recorder
from callboard.live.engine.moments import moment_of
from callboard.sessions.operations import Heard, note_recordings

KINDS = frozenset(
    {"recording.started", "recording.progress", "recording.stopped", "recording.failed", "recording.file"}
)
_STATUS = {"recording.stopped": "stopped", "recording.failed": "failed"}


class Recorders:
    """Progress is remembered and written with the next step of its recorder: the log has it anyway."""

    def __init__(self) -> None:
        self._told: dict[tuple[int, str, str], dict[str, Any]] = {}
        self._seconds: dict[tuple[int, str, str], float] = {}

    def hear(self, event: LogEvent) -> None:
        """One event of KINDS."""
        data: Recorder | Progress = event.data
        key = (event.organization, event.session, data.recorder)
        if event.kind == "recording.progress":
            self._seconds[key] = max(data.seconds or 0.0, self._seconds.get(key, 0.0))
            return
        told = self._told.setdefault(key, {})
        at: datetime = moment_of(event.at)
        if isinstance(data, Recorder) and event.kind == "recording.file":
            told |= {"file_at": at, "file_seconds": data.seconds, "file_bytes": data.bytes,
                     "file_silent": data.silent}  # fmt: skip
        elif event.kind == "recording.started":
            told["started_at"] = at
        else:
            told |= {"status": _STATUS[event.kind], "stopped_at": at}

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
