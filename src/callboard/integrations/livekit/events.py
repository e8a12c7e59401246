"""A webhook's event as lines of evidence. Pure: what LiveKit says and when it was received, nothing else.

| LiveKit | evidence |
|---|---|
| room_started, room_finished | room.started, room.ended |
| participant_joined | participant.joined |
| participant_left, participant_connection_aborted | participant.left |
| track_published, track_unpublished | the same, of a microphone, a camera, a screen |
| egress_started, egress_updated, egress_ended | recording.started once it runs, .stopped or .failed, .file |

Recorders and agents are no people, and no evidence of any. Muting is told by no webhook; the poll sees it.

The same happening has the same id however often and whichever way it is told, so that it counts once. An
event's own time is in whole seconds, cut off: within that second the moment of its receipt is nearer to the
truth, and a better time in the event itself (joined, published, recorded) nearer still.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec
from livekit.api import DisconnectReason, EgressInfo, EgressStatus, WebhookEvent

from callboard.integrations.livekit import seen
from callboard.live.log import Line

SECOND: Final = 1_000_000  # microseconds, as all times of lines

ENDED: Final = frozenset({EgressStatus.EGRESS_COMPLETE, EgressStatus.EGRESS_LIMIT_REACHED})
RAN: Final = ENDED | {EgressStatus.EGRESS_ACTIVE, EgressStatus.EGRESS_ENDING}
FAILED: Final = frozenset({EgressStatus.EGRESS_FAILED, EgressStatus.EGRESS_ABORTED})


@dataclass(frozen=True)
class Told:
    """Whose evidence it is, and when it was received (microseconds since 1970)."""

    organization: int
    session: str
    received_at: int
    former: bool = False
    """The room has been replaced by another: only that people left it counts."""

    def line(
        self, id_: str, kind: str, at: int, participant: str | None = None, **data: str | float | int
    ) -> Line:
        text = msgspec.json.encode(data).decode()
        return Line(self.organization, self.session, id_, kind, at, self.received_at, participant, text)


def lines(event: WebhookEvent, told: Told) -> list[Line]:
    """The evidence in an event; none in one that says nothing to us."""
    match event.event:
        case "participant_left" | "participant_connection_aborted":
            return list(_left(event, told))
        case _ if told.former:
            return []
        case "room_started":
            at = event.room.creation_time_ms * 1000 or _at(event, told)
            return [told.line(f"room-{event.room.sid}-started", "room.started", at)]
        case "room_finished":
            return [told.line(f"room-{event.room.sid}-ended", "room.ended", _at(event, told))]
        case "participant_joined":
            return list(_joined(event, told))
        case "track_published" | "track_unpublished":
            return list(_track(event, told))
        case "egress_started" | "egress_updated" | "egress_ended":
            return list(recorder_lines(event.egress_info, told))
    return []


def room_of(event: WebhookEvent) -> str:
    """The name of the room that an event is about; empty where it is about none."""
    return event.room.name or event.egress_info.room_name


def _at(event: WebhookEvent, told: Told) -> int:
    """When it was: in the second that LiveKit names, at its receipt if that is within."""
    begins = event.created_at * SECOND
    return min(max(told.received_at, begins), begins + SECOND - 1) if begins else told.received_at


def _joined(event: WebhookEvent, told: Told) -> Iterator[Line]:
    who = event.participant
    if seen.hidden(who):
        return
    at = _micros(who.joined_at_ms * 1_000_000) or _at(event, told)
    yield told.line(f"join-{who.sid}", "participant.joined", at, who.identity, connection=who.sid)


def _left(event: WebhookEvent, told: Told) -> Iterator[Line]:
    who = event.participant
    if seen.hidden(who):
        return
    at = max(_at(event, told), who.joined_at_ms * 1000)
    reason = DisconnectReason.Name(who.disconnect_reason).lower() if who.disconnect_reason else ""
    data = {"connection": who.sid, **({"reason": reason} if reason else {})}
    yield told.line(f"left-{who.sid}", "participant.left", at, who.identity, **data)


def _track(event: WebhookEvent, told: Told) -> Iterator[Line]:
    """Of a track's person LiveKit tells the identity and the connection alone."""
    track, who = event.track, event.participant
    source = seen.source_of(track)
    if source is None or seen.hidden(who):
        return
    at = _at(event, told)
    if event.event == "track_published":
        since = track.version.unix_micro
        at = since if at - 5 * SECOND < since <= at + SECOND else at
        yield told.line(f"track-{track.sid}-published", "track.published", at, who.identity, source=source)
        if track.muted:
            yield told.line(f"track-{track.sid}-muted", "track.muted", at, who.identity, source=source)
    else:
        yield told.line(
            f"track-{track.sid}-unpublished", "track.unpublished", at, who.identity, source=source
        )


def recorder_lines(info: EgressInfo, told: Told) -> Iterator[Line]:
    """All that an egress's state says, what earlier reports should have said included: they may be lost.

    One that is only starting has recorded nothing, and is no evidence of a recorder. Nor is one that failed
    with nothing to show, unless it was seen at work before. LiveKit reports no progress: the poll sees
    whether the recorder is still in the room.
    """
    id_, name = f"rec-{info.egress_id}", info.egress_id
    length = seen.seconds_of(info) or 0.0
    over, failed = info.status in ENDED | FAILED, info.status in FAILED
    ran = bool(info.started_at) and (bool(info.file_results) if failed else info.status in RAN)
    if ran:
        yield told.line(f"{id_}-started", "recording.started", _micros(info.started_at), recorder=name)
    if not over:
        return
    at = _micros(info.ended_at or info.updated_at) or told.received_at
    word = "failed" if failed else "stopped"
    yield told.line(f"{id_}-{word}", f"recording.{word}", at, recorder=name)
    if not failed and info.file_results:
        size = seen.bytes_of(info) or 0
        yield told.line(
            f"{id_}-file", "recording.file", at, recorder=name, seconds=round(length, 3), bytes=size
        )


def _micros(nanoseconds: int) -> int:
    return nanoseconds // 1000
