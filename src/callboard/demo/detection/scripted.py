"""A provider whose truth is the scripts of a day, at the moment that it is asked: what polls see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from callboard.demo.play.script import MINUTE, SECOND, Part, Script, Take
from callboard.demo.play.spans import Span, covers
from callboard.sessions.ports import (
    PersonSeen,
    ProviderFailed,
    RecorderSeen,
    RoomSeen,
    TrackSeen,
    Unable,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LINGERS = 30 * MINUTE  # a room that nobody closes stands so long after its plan
CAMERA_AFTER = 1_400


def connection(participant: str, start: int) -> str:
    """The name of the connection by which someone came in."""
    return f"{participant}.{start}"


def track(participant: str, start: int, source: str, began: int) -> str:
    """The name of what they publish; a microphone published anew is another."""
    return f"{connection(participant, start)}.{source}.{began}"


class ScriptedProvider(Unable):
    """Answers as of `now` (milliseconds since 1970), which its caller moves."""

    def __init__(self, scripts: Iterable[Script]) -> None:
        self._scripts = {script.session: script for script in scripts}
        self._standing = {session: standing(script) for session, script in self._scripts.items()}
        self._hushed = {span for script in self._scripts.values() for span in script.hushed}
        self.now = 0

    def poll(self) -> Mapping[str, int]:
        if covers(self._hushed, self.now):
            raise ProviderFailed("The provider did not answer.")
        return {
            session: sum(covers(part.stays, self.now) for part in self._scripts[session].parts)
            for session, (begins, ends) in self._standing.items()
            if begins <= self.now < ends
        }

    def look(self, external_id: str) -> RoomSeen:
        script, now = self._scripts[external_id], self.now
        people = [
            _person(part, start, now)
            for part in script.parts
            for start, end in part.stays
            if start <= now < end
        ]
        takes = [_recorder(take, now) for take in script.takes if take.start <= now]
        return RoomSeen(tuple(people), tuple(takes))


def standing(script: Script) -> Span:
    """From when to when the room is there."""
    first = min((part.stays[0][0] for part in script.parts if part.stays), default=script.starts)
    closed = script.closed if script.closed is not None else max(script.over(), script.ends) + LINGERS
    return first - MINUTE, closed


def _person(part: Part, start: int, now: int) -> PersonSeen:
    tracks = []
    began = microphone_since(part, start, now)
    if began is not None:
        name = track(part.participant, start, "microphone", began)
        tracks.append(TrackSeen(name, "microphone", _muted(part, start, now)))
    if now >= start + CAMERA_AFTER:
        name = track(part.participant, start, "camera", start + CAMERA_AFTER)
        tracks.append(TrackSeen(name, "camera", False))
    return PersonSeen(part.participant, connection(part.participant, start), _moment(start), tuple(tracks))


def microphone_since(part: Part, start: int, now: int) -> int | None:
    """Since when the microphone that is published now has been, in the stay that began at `start`."""
    began = None if covers(part.off, start + SECOND) else start + SECOND
    for begins, stops in part.off:
        if start + SECOND < begins <= now:
            began = None
        if start < stops <= now:
            began = stops
    return began if began is not None and began <= now else None


def _muted(part: Part, start: int, now: int) -> bool:
    return any(start + SECOND < begins and begins <= now < stops for begins, stops in part.muted)


def _recorder(take: Take, now: int) -> RecorderSeen:
    seconds = take.seconds_at(now)
    if now < take.end:
        return RecorderSeen(take.recorder, "running", _moment(take.start), seconds=seconds)
    status = "failed" if take.how == "failed" else "stopped"
    return RecorderSeen(take.recorder, status, _moment(take.start), _moment(take.end), seconds)


def _moment(at: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=at)
