"""What happened to sessions. `session` is a session's key, `person` and `member` are ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from callboard.lib.facts import Fact


@dataclass(frozen=True, kw_only=True)
class SessionsBooked(Fact):
    """Sessions now stand in the timetable: one, or those of a timetable booked at once (at most 100)."""

    sessions: list[str]


@dataclass(frozen=True, kw_only=True)
class SessionMoved(Fact):
    """Its time is another; one that was cancelled stands again (`revived`)."""

    session: str
    version: int
    starts_at: datetime
    ends_at: datetime
    former_starts_at: datetime
    former_ends_at: datetime
    revived: bool = False


@dataclass(frozen=True, kw_only=True)
class InstructorChanged(Fact):
    """Someone else teaches it."""

    session: str
    version: int
    instructor: int
    former_instructor: int


@dataclass(frozen=True, kw_only=True)
class SessionCancelled(Fact):
    """It will not happen."""

    session: str
    version: int


@dataclass(frozen=True, kw_only=True)
class RoomReady(Fact):
    """Its room stands. `external_id` is the provider's name for the room."""

    session: str
    external_id: str


@dataclass(frozen=True, kw_only=True)
class SessionWentLive(Fact):
    """Its instructor and a learner are in."""

    session: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SessionEnded(Fact):
    """It is over. `asked`: a person ended it, so that its room is still to be closed."""

    session: str
    at: datetime
    asked: bool = False


@dataclass(frozen=True, kw_only=True)
class MarkedAbsent(Fact):
    """A person has said that someone will not come, or (`absent` false) has taken that back."""

    session: str
    person: int
    absent: bool = True


@dataclass(frozen=True, kw_only=True)
class RecordingRestartAsked(Fact):
    """A person wants the recorder to run again. `request` names the wish: asked twice, it is done once."""

    session: str
    request: str


@dataclass(frozen=True, kw_only=True)
class RecordingForbidden(Fact):
    """A consent was withdrawn while it may be recording: the recorder has to stop."""

    session: str
    request: str


@dataclass(frozen=True, kw_only=True)
class ServerDown(Fact):
    """A server of rooms does not answer since `at`. `server` is its id."""

    server: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ServerBack(Fact):
    """A server that was down answers again."""

    server: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class RoomReplaced(Fact):
    """It now happens in another room: `external_id`, the provider's name for it, in place of `former`.

    `lost`: the former room's server was down, so that nobody is in there any more.
    """

    session: str
    generation: int
    external_id: str
    former: str
    lost: bool


@dataclass(frozen=True, kw_only=True)
class ServerTestAsked(Fact):
    """Someone wants to know whether a server answers with the settings that it has."""

    server: int


@dataclass(frozen=True, kw_only=True)
class SessionExtended(Fact):
    """It ends later than planned, while it runs."""

    session: str
    version: int
    ends_at: datetime
    former_ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class RetentionChanged(Fact):
    """It was decided anew for how long what is kept, or what must not go: `version` is the policy's."""

    version: int
