"""What LiveKit tells, written down by the second of a lesson; and what the live engine makes of it.

Iris teaches Ana from 16:00 to 17:00, as in the engine's own tests.
"""

from __future__ import annotations

from typing import Any

from livekit.api import EgressInfo, EgressStatus, ParticipantInfo, Room, TrackInfo, TrackSource, WebhookEvent
from livekit.protocol.egress import FileInfo
from livekit.protocol.models import ParticipantPermission

from callboard.integrations.livekit import events
from callboard.live.engine.events import LogEvent, decode_data
from callboard.live.engine.moments import SECOND
from callboard.live.log import Line
from tests.live.engine.cast import Lesson, Row, at, play

ROOM = "ses_1"


def hook(name: str, seconds: float, **more: Any) -> WebhookEvent:
    """An event as it is sent, its time in whole seconds, cut off."""
    return WebhookEvent(
        event=name, id=f"EV_{name}_{seconds}", created_at=at(seconds) // SECOND,
        **({"room": Room(sid="RM_1", name=ROOM)} | more),
    )  # fmt: skip


def someone(who: str, joined: float, connection: str = "", **more: Any) -> ParticipantInfo:
    return ParticipantInfo(
        sid=connection or f"PA_{who}", identity=who, joined_at=at(joined) // SECOND,
        joined_at_ms=at(joined) // 1000, state=ParticipantInfo.State.ACTIVE, **more,
    )  # fmt: skip


def joined(who: str, seconds: float, connection: str = "", **more: Any) -> WebhookEvent:
    return hook("participant_joined", seconds, participant=someone(who, seconds, connection, **more))


def left(who: str, seconds: float, since: float, connection: str = "") -> WebhookEvent:
    return hook("participant_left", seconds, participant=someone(who, since, connection))


def hidden(who: str, seconds: float) -> WebhookEvent:
    return joined(who, seconds, permission=ParticipantPermission(hidden=True))


def microphone(what: str, who: str, seconds: float, **more: Any) -> WebhookEvent:
    track = TrackInfo(sid=f"TR_{who}", source=TrackSource.MICROPHONE, **more)
    # LiveKit says of a track's person no more than this.
    person = ParticipantInfo(sid=f"PA_{who}", identity=who)
    return hook(f"track_{what}", seconds, participant=person, track=track)


def egress(
    name: str, seconds: float, status: EgressStatus, started: float | None = None, **more: Any
) -> WebhookEvent:
    """A recorder's report."""
    return hook(name, seconds, egress_info=recorder(seconds, status, started, **more))


def recorder(
    seconds: float, status: EgressStatus, started: float | None = None, ended: float | None = None,
    length: float = 0, size: int = 0,
) -> EgressInfo:  # fmt: skip
    info = EgressInfo(egress_id="EG_1", room_name=ROOM, status=status, updated_at=at(seconds) * 1000)
    if started is not None:
        info.started_at = at(started) * 1000
    if ended is not None:
        info.ended_at = at(ended) * 1000
        info.file_results.append(FileInfo(duration=int(length * 1e9), size=size, ended_at=info.ended_at))
    return info


def lines(event: WebhookEvent, arrives: float, *, former: bool = False) -> list[Line]:
    return events.lines(event, events.Told(0, "s-1", at(arrives), former))


class Day:
    """A lesson's plan, and webhooks as they arrive: given by their seconds of arrival."""

    def __init__(self, **plan: Any) -> None:
        self.lesson = Lesson().planned(**{"learners": ("ana",), **plan}).ready()

    def arrives(self, event: WebhookEvent, seconds: float) -> Day:
        self.take(lines(event, seconds))
        return self

    def take(self, found: list[Line]) -> Day:
        for line in found:
            data = decode_data(line.kind, line.data.encode())
            self.lesson.events.append(
                LogEvent(
                    0, line.session, line.id, line.kind, line.at, line.participant, data, line.received_at
                )
            )
        return self

    def cases(self, until: float) -> list[Row]:
        events = sorted(
            self.lesson.events, key=lambda one: one.at if one.received_at is None else one.received_at
        )
        return play(events, until).rows("s-1")
