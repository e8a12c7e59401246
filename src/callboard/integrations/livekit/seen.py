"""What LiveKit says of rooms, people, tracks and recorders, in the port's shapes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from livekit.api import EgressInfo, EgressStatus, ParticipantInfo, TrackInfo, TrackSource, TrackType

from callboard.integrations.livekit.door import HELPERS
from callboard.sessions.ports import PersonSeen, RecorderSeen, RoomSeen, TrackSeen

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

NOT_PEOPLE: Final = frozenset({ParticipantInfo.Kind.EGRESS, ParticipantInfo.Kind.AGENT})
EGRESS_IDENTITY: Final = "EG_"
_SOURCES: Final = {
    TrackSource.MICROPHONE: "microphone",
    TrackSource.CAMERA: "camera",
    TrackSource.SCREEN_SHARE: "screen",
}
_STATUS: Final = {
    EgressStatus.EGRESS_STARTING: "starting",
    EgressStatus.EGRESS_ACTIVE: "running",
    EgressStatus.EGRESS_ENDING: "running",
    EgressStatus.EGRESS_COMPLETE: "complete",
    EgressStatus.EGRESS_LIMIT_REACHED: "complete",
    EgressStatus.EGRESS_FAILED: "failed",
    EgressStatus.EGRESS_ABORTED: "failed",
}


def room(people: Iterable[ParticipantInfo], recorders: Iterable[EgressInfo], now: datetime) -> RoomSeen:
    """Those who are connected (not on their way in or out) and the recorders, whatever has become of them."""
    inside = [one for one in people if one.state == ParticipantInfo.State.ACTIVE]
    identities = {one.identity for one in inside}
    return RoomSeen(
        people=tuple(person(one) for one in inside),
        recorders=tuple(recorder(one, one.egress_id in identities, now) for one in recorders),
    )


def person(info: ParticipantInfo) -> PersonSeen:
    tracks = (track(one) for one in info.tracks)
    return PersonSeen(
        identity=info.identity,
        connection=info.sid,
        joined_at=joined_at(info),
        tracks=tuple(one for one in tracks if one is not None),
        hidden=hidden(info),
    )


def joined_at(info: ParticipantInfo) -> datetime:
    """To the millisecond; older servers say whole seconds."""
    return moment_ns(info.joined_at_ms * 1_000_000 or info.joined_at * 1_000_000_000)


def hidden(info: ParticipantInfo) -> bool:
    """Whether it is a helper that nobody sees: a recorder, an agent."""
    unseen = info.permission.hidden or info.permission.recorder or info.kind in NOT_PEOPLE
    return unseen or helper(info.identity)


def helper(identity: str) -> bool:
    """Whether an identity names no person; of some events LiveKit tells no more than that."""
    return identity.startswith((HELPERS, EGRESS_IDENTITY))


def track(info: TrackInfo) -> TrackSeen | None:
    """None for what is no microphone, camera or screen: a shared screen's sound, data."""
    source = source_of(info)
    return None if source is None else TrackSeen(info.sid, source, info.muted)


def source_of(info: TrackInfo) -> str | None:
    """Microphone, camera or screen; by its type where a client names no source."""
    if info.source == TrackSource.UNKNOWN:
        return {TrackType.AUDIO: "microphone", TrackType.VIDEO: "camera"}.get(info.type)
    return _SOURCES.get(info.source)


def recorder(info: EgressInfo, inside: bool, now: datetime) -> RecorderSeen:
    """An egress, by its id. LiveKit may never report its end, and reports no progress; but it records as one
    of those in the room, by its id: while it is there it goes on, and once it is not it has stopped.
    """
    status = _STATUS.get(info.status, "failed")
    started = moment_ns(info.started_at) if info.started_at else None
    seconds = seconds_of(info) if status in {"complete", "failed"} else None
    if info.status == EgressStatus.EGRESS_ACTIVE and started is not None:
        status = "running" if inside else "stopped"
        seconds = max(0.0, (now - started).total_seconds()) if inside else None
    return RecorderSeen(
        recorder=info.egress_id,
        status=status,
        started_at=started if status != "starting" else None,
        stopped_at=moment_ns(info.ended_at) if info.ended_at else None,
        seconds=seconds,
        bytes=bytes_of(info) if status == "complete" else None,
    )


def seconds_of(info: EgressInfo) -> float | None:
    """Its files' length, else how long it has run; None where it never did."""
    lengths = [one.duration / 1e9 for one in info.file_results if one.duration]
    if lengths:
        return sum(lengths)
    if not info.started_at:
        return None
    return max(0, (info.ended_at or info.updated_at) - info.started_at) / 1e9


def bytes_of(info: EgressInfo) -> int | None:
    """The size of its files; None where it reports no file."""
    return sum(one.size for one in info.file_results) if info.file_results else None


def moment_ns(nanoseconds: int) -> datetime:
    """A time in nanoseconds since 1970."""
    return EPOCH + timedelta(microseconds=nanoseconds // 1000)
