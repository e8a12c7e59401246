"""Sessions as the API takes and tells them. People are named by the ids that events carry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime

from callboard.sessions.models import Participant, Room, Session

Status = Literal["scheduled", "ready", "live", "ended", "cancelled"]


class BookingIn(Schema):
    """A session to be booked. `key` is the id it shall have, where it has one already.

    Without a `provider` it is the organization's usual one. `series` is the id of one that exists; `region`
    is where the room is wished; without it, near its people. With a `link` it happens where that leads, and
    its provider is "link".
    """

    title: str = Field(min_length=1, max_length=200)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    instructor: str
    learners: list[str] = Field(min_length=1)
    subject: str = Field("", max_length=100)
    level: str = Field("", max_length=40)
    recording_wanted: bool = False
    provider: str | None = Field(None, min_length=1, max_length=40)
    series: str | None = Field(None, min_length=1, max_length=40)
    region: str = Field("", max_length=40)
    link: str | None = Field(None, max_length=500, pattern=r"^https?://[^\s/]+(/\S*)?$")
    key: str | None = Field(None, min_length=1, max_length=40, pattern=r"^[^/\s]+$")


class WeeklyIn(BookingIn):
    """The same hour each week, in the organization's clock or that of `zone`, as one series."""

    weeks: int = Field(ge=1, le=53)
    zone: str = Field("", max_length=64)


class ParticipantItem(Schema):
    person: str
    role: Literal["instructor", "learner"]
    marked_absent_at: datetime | None


class RoomItem(Schema):
    status: str
    provider: str
    region: str | None
    node: str | None
    url: str | None
    ready_at: datetime | None


class SessionItem(Schema):
    id: str
    title: str
    subject: str
    level: str
    status: Status
    starts_at: datetime
    ends_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    instructor: str | None
    learners: list[str]
    participants: list[ParticipantItem]
    recording_wanted: bool
    consents_missing: int
    barred_at: datetime | None
    provider: str
    series: str | None
    region: str | None
    room: RoomItem | None
    cancel_reason: str | None
    version: int


class SessionPage(Schema):
    items: list[SessionItem]
    next: str | None


class SessionMoveIn(Schema):
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class InstructorIn(Schema):
    instructor: str


class CancelIn(Schema):
    reason: str = Field("", max_length=500)


class EventItem(Schema):
    """A line of the log of evidence, as it came."""

    id: str
    session: str
    participant: str | None
    kind: str
    at: datetime
    received_at: datetime
    mark: str | None
    data: dict[str, Any]


class EventPage(Schema):
    items: list[EventItem]
    next: str | None


class ExpectationItem(Schema):
    kind: str
    participant: str | None
    due_at: datetime
    status: str
    met_at: datetime | None


class ExpectationList(Schema):
    items: list[ExpectationItem]


def room_item(room: Room | None) -> dict[str, Any] | None:
    if room is None:
        return None
    return {
        "status": room.status,
        "provider": room.provider,
        "region": room.region or None,
        "node": room.node or None,
        "url": room.url or None,
        "ready_at": room.ready_at,
    }


def session_item(session: Session, participants: Iterable[Participant], room: Room | None) -> dict[str, Any]:
    rows = list(participants)
    return {
        "id": session.key,
        "title": session.title,
        "subject": session.subject,
        "level": session.level,
        "status": session.status,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "started_at": session.started_at,
        "ended_at": session.ended_at,
        "instructor": next((row.person.key for row in rows if row.role == "instructor"), None),
        "learners": [row.person.key for row in rows if row.role == "learner"],
        "participants": [
            {"person": row.person.key, "role": row.role, "marked_absent_at": row.marked_absent_at}
            for row in rows
        ],
        "recording_wanted": session.recording_wanted,
        "consents_missing": session.consents_missing,
        "barred_at": session.barred_at,
        "provider": session.provider,
        "series": session.series.key if session.series else None,
        "region": session.region or None,
        "room": room_item(room),
        "cancel_reason": session.cancel_reason or None,
        "version": session.version,
    }
