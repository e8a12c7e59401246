"""A webhook's mapped event as lines of evidence. Pure: what it says and when, no names and no words.

| BigBlueButton | evidence |
|---|---|
| meeting-created, meeting-ended | room.ready, room.ended |
| user-joined, user-left | participant.joined, participant.left, by connection |
| user-audio-voice-enabled, -disabled | track.published, .unpublished: a microphone, unless listening only |
| user-audio-muted, -unmuted | track.muted, track.unmuted |
| user-cam-broadcast-start, -end; meeting-screenshare-started, -stopped | the same, of a camera, a screen |
| user-raise-hand-changed, user-emoji-changed, chat-group-message-sent | engagement, without its words |
| meeting-recording-started, -stopped | recording.started, recording.stopped |
| rap-publish-ended | recording.file |

`poll-responded` is left out: its user is the one who asked, not the one who answered.
A person is the external id, which is ours where they came by a link of ours. Some events leave it empty, and
chat names the connection alone: then the evidence says who that is. A connection can leave and come back
under its own id; so event ids carry the moment, which is the same however often an event is delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from callboard.live.log import Line

RECORDER: Final = "bbb"
MILLISECOND: Final = 1000
LONGEST: Final = 200  # of an id

_TRACKS: Final = {
    "user-audio-voice-enabled": ("published", "microphone"),
    "user-audio-voice-disabled": ("unpublished", "microphone"),
    "user-audio-muted": ("muted", "microphone"),
    "user-audio-unmuted": ("unmuted", "microphone"),
    "user-cam-broadcast-start": ("published", "camera"),
    "user-cam-broadcast-end": ("unpublished", "camera"),
    "meeting-screenshare-started": ("published", "screen"),
    "meeting-screenshare-stopped": ("unpublished", "screen"),
}


@dataclass(frozen=True)
class Told:
    """Whose evidence it is, when it was received (microseconds since 1970), and who has which connection."""

    organization: int
    session: str
    received_at: int
    identity: Callable[[str], str | None]
    former: bool = False
    """The room has been replaced by another: only that people left it counts."""

    def line(self, id_: str, kind: str, at: int, participant: str | None = None, **data: Any) -> Line:
        text = msgspec.json.encode(data).decode()
        return Line(self.organization, self.session, id_, kind, at, self.received_at, participant, text)


def meeting_of(event: dict[str, Any]) -> str:
    """The external id of the meeting that an event is about; empty where it is about none."""
    return _text(_at(event, "data", "attributes", "meeting", "external-meeting-id"))


def lines(event: dict[str, Any], told: Told) -> list[Line]:
    """The evidence in an event; none in one that says nothing to us."""
    kind = _text(_at(event, "data", "id"))
    if told.former and kind != "user-left":
        return []
    stamp = _at(event, "data", "event", "ts")
    at = int(stamp) * MILLISECOND if isinstance(stamp, int | float) and stamp > 0 else told.received_at
    return [one for one in _lines(kind, event, at, told) if len(one.id) <= LONGEST]


def _lines(kind: str, event: dict[str, Any], at: int, told: Told) -> Iterator[Line]:
    meeting = _text(_at(event, "data", "attributes", "meeting", "internal-meeting-id"))
    match kind:
        case "meeting-created":
            yield told.line(f"room-{meeting}-ready", "room.ready", at)
        case "meeting-ended":
            yield told.line(f"room-{meeting}-ended", "room.ended", at)
        case "meeting-recording-started" | "meeting-recording-stopped":
            word = kind.rpartition("-")[2]
            yield told.line(f"rec-{RECORDER}-{word}-{at}", f"recording.{word}", at, recorder=RECORDER)
        case "rap-publish-ended":
            yield from _file(event, meeting, at, told)
        case _:
            yield from _of_a_person(kind, event, at, told)


def _of_a_person(kind: str, event: dict[str, Any], at: int, told: Told) -> Iterator[Line]:
    user = _at(event, "data", "attributes", "user") or _at(
        event, "data", "attributes", "chat-message", "sender"
    )
    if not isinstance(user, dict):
        return
    connection = _text(user.get("internal-user-id"))
    who = _text(user.get("external-user-id")) or told.identity(connection)
    if not connection or not who or len(who) > LONGEST:
        return
    match kind:
        case "user-joined":
            yield told.line(f"join-{connection}-{at}", "participant.joined", at, who, connection=connection)
        case "user-left":
            yield told.line(f"left-{connection}-{at}", "participant.left", at, who, connection=connection)
        case "user-raise-hand-changed" if user.get("raise-hand") is True:
            yield told.line(f"hand-{connection}-{at}", "engagement", at, who, tool="hand")
        case "user-emoji-changed" if user.get("emoji") not in {None, "", "none"}:
            yield told.line(f"reaction-{connection}-{at}", "engagement", at, who, tool="reaction")
        case "chat-group-message-sent":
            yield told.line(f"chat-{connection}-{at}", "engagement", at, who, tool="chat")
        case _ if kind in _TRACKS:
            yield from _track(kind, user, connection, at, told.line, who)


def _track(
    kind: str, user: dict[str, Any], connection: str, at: int, line: Callable[..., Line], who: str
) -> Iterator[Line]:
    what, source = _TRACKS[kind]
    if what == "published" and source == "microphone" and user.get("listening-only") is True:
        return
    name = f"{source}.{_text(user.get('stream')) or connection}"[:120]
    yield line(f"track-{name}-{what}-{at}", f"track.{what}", at, who, source=source)
    if what == "published" and user.get("muted") is True:
        yield line(f"track-{name}-muted-{at}", "track.muted", at, who, source=source)


def _file(event: dict[str, Any], meeting: str, at: int, told: Told) -> Iterator[Line]:
    """A recording that can be played, with its length. Whether it is silent BigBlueButton does not tell."""
    attributes = _at(event, "data", "attributes")
    if not isinstance(attributes, dict) or attributes.get("success") is not True:
        return
    length = _at(attributes, "recording", "playback", "duration")
    size = _at(attributes, "recording", "size") or _at(attributes, "recording", "playback", "size")
    data: dict[str, Any] = {"recorder": RECORDER}
    if isinstance(length, int | float) and length > 0:
        data["seconds"] = length / 1000
    if isinstance(size, int) and size >= 0:
        data["bytes"] = size
    yield told.line(f"rec-{RECORDER}-file-{meeting}", "recording.file", at, **data)


def _at(found: Any, *path: str) -> Any:
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _text(found: Any) -> str:
    return found if isinstance(found, str) else ""
