"""Reads a recording's `events.xml` into live events.

Numbers in `timestamp` count from the server's start; the wall clock is in `timestampUTC`, and in logs that
lack it (BigBlueButton 2.0 and before) in the last part of the meeting's id, which is when the first event
happened. A person is `externalUserId`, else `userId`, and in as long as any of their connections is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from callboard.live.engine.events import Engagement, Joined, LogEvent, Recorder, Speech, Track


class NotARecording(ValueError):
    """The file cannot be read as a recording's log; `code` says why, `line` where."""

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.line = line


@dataclass
class MeetingLog:
    """One meeting: its id, and its events in order of their times."""

    meeting: str
    events: list[LogEvent] = field(default_factory=list)


@dataclass
class _Moment:
    """One element of the log: what, when (microseconds), and its fields."""

    name: str
    module: str
    at: int
    fields: dict[str, str]


def read(path: Path) -> MeetingLog:
    """The meeting's events; raises NotARecording."""
    meeting, moments = "", []
    for meeting_id, moment in _moments(path):
        meeting = meeting_id
        if moment is not None:
            moments.append(moment)
    if not moments:
        raise NotARecording("no_events", "the recording has no events")
    return MeetingLog(meeting, _Telling(meeting).tell(moments))


def _moments(path: Path) -> Iterator[tuple[str, _Moment | None]]:
    meeting: str | None = None
    ticks = _Ticks()
    try:
        for event, element in iterparse(path, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                if meeting is None:
                    meeting = element.get("meeting_id") if element.tag == "recording" else None
                    if not meeting:
                        raise NotARecording("not_a_recording", "no <recording> with a meeting_id")
                    ticks.meeting = meeting
                    yield meeting, None
            elif element.tag == "event":
                assert meeting is not None
                yield meeting, _moment(element, ticks)
                element.clear()
    except ParseError as error:
        line = error.position[0] if error.position else None
        raise NotARecording("xml_broken", f"not well-formed, or cut short: {error}", line) from None
    except DefusedXmlException as error:
        raise NotARecording("xml_refused", f"the XML does what no log needs: {error}") from None
    except UnicodeDecodeError as error:
        raise NotARecording("xml_broken", str(error)) from None
    if meeting is None:
        raise NotARecording("not_a_recording", "the file is empty")


class _Ticks:
    """From the server's ticks to the wall clock."""

    def __init__(self) -> None:
        self.meeting = ""
        self.offset: int | None = None

    def at(self, ticks: int, utc: str) -> int:
        """Microseconds since 1970; `utc` in milliseconds where the log says it."""
        if utc:
            self.offset = int(utc) - ticks
            return int(utc) * 1000
        if self.offset is None:
            began = self.meeting.rpartition("-")[2]
            if not began.isdigit():
                raise ValueError("neither timestampUTC nor a time in the meeting's id")
            self.offset = int(began) - ticks
        return (ticks + self.offset) * 1000


def _moment(element: Element, ticks: _Ticks) -> _Moment:
    fields = {child.tag: (child.text or "").strip() for child in element}
    try:
        at = ticks.at(int(element.get("timestamp", "")), fields.get("timestampUTC", ""))
    except ValueError as error:
        raise NotARecording("time_unreadable", f"an event without a readable time: {error}") from None
    return _Moment(element.get("eventname", ""), element.get("module", ""), at, fields)


class _Telling:
    """Turns the log's own events into live ones."""

    def __init__(self, meeting: str) -> None:
        self.meeting = meeting
        self.events: list[LogEvent] = []
        self.identities: dict[str, str] = {}  # of each connection
        self.connected: dict[str, set[str]] = {}
        self.talking: dict[str, tuple[str, int]] = {}  # by connection: who, since when
        self.speaking: list[tuple[str, int, int]] = []

    def tell(self, moments: list[_Moment]) -> list[LogEvent]:
        moments.sort(key=lambda moment: moment.at)
        self.add("room.started", moments[0].at)
        for moment in moments:
            self._tell_one(moment)
        last = moments[-1].at
        for connection in list(self.talking):
            self._silent(connection, last)
        if not self.events or self.events[-1].kind != "room.ended":
            self.add("room.ended", last)
        for who, since, until in self.speaking:
            self.add("speech", since, who, Speech(until))
        self.events.sort(key=lambda event: event.at)
        for number, event in enumerate(self.events, 1):
            event.id = f"{self.meeting}-{number}"
        return self.events

    def add(self, kind: str, at: int, who: str | None = None, data: Any = None) -> None:
        self.events.append(LogEvent(0, self.meeting, "", kind, at, who, data))

    def _tell_one(self, moment: _Moment) -> None:
        fields, at = moment.fields, moment.at
        voice = moment.module == "VOICE"
        connection = fields.get("participant" if voice else "userId", "")
        who = self.identities.get(connection)
        match moment.name:
            case "ParticipantJoinEvent":
                self._join(connection, fields, at)
            case "ParticipantLeftEvent" if not voice:
                self._leave(connection, at)
            case "EndAndKickAllEvent":
                for each in list(self.talking):
                    self._silent(each, at)
                self.add("room.ended", at)
            case "ParticipantJoinedEvent" if who and "LISTENONLY" not in fields.get("callername", ""):
                self.add("track.published", at, who, Track("microphone"))
                if fields.get("muted") == "true":
                    self.add("track.muted", at, who, Track("microphone"))
            case "ParticipantLeftEvent" if who:
                self._silent(connection, at)
                self.add("track.unpublished", at, who, Track("microphone"))
            case "ParticipantMutedEvent" if who:
                muted = fields.get("muted") == "true"
                if muted:
                    self._silent(connection, at)
                self.add("track.muted" if muted else "track.unmuted", at, who, Track("microphone"))
            case "ParticipantTalkingEvent" if who:
                if fields.get("talking") == "true":
                    self.talking.setdefault(connection, (who, at))
                else:
                    self._silent(connection, at)
            case "RecordStatusEvent":
                on = fields.get("status") == "true"
                self.add("recording.started" if on else "recording.stopped", at, None, Recorder("marks"))
            case _:
                self._engaged(moment)

    def _join(self, connection: str, fields: dict[str, str], at: int) -> None:
        who = fields.get("externalUserId") or connection
        if not who:
            return
        self.identities[connection] = who
        there = self.connected.setdefault(who, set())
        if not there:
            role = "instructor" if fields.get("role") == "MODERATOR" else "learner"
            self.add("participant.joined", at, who, Joined(role))
        there.add(connection)

    def _leave(self, connection: str, at: int) -> None:
        who = self.identities.get(connection)
        there = self.connected.get(who or "", set())
        if who is None or connection not in there:
            return
        self._silent(connection, at)
        there.discard(connection)
        if not there:
            self.add("participant.left", at, who)

    def _silent(self, connection: str, at: int) -> None:
        since = self.talking.pop(connection, None)
        if since is not None and at > since[1]:
            self.speaking.append((since[0], since[1], at))

    def _engaged(self, moment: _Moment) -> None:
        tools = {
            "PublicChatEvent": ("senderId", "chat"),
            "AddShapeEvent": ("userId", "whiteboard"),
            "UserRespondedToPollRecordEvent": ("userId", "poll"),
            "ParticipantStatusChangeEvent": ("userId", "reaction"),
        }
        name, tool = tools.get(moment.name, ("", ""))
        who = self.identities.get(moment.fields.get(name, ""))
        if who is None:
            return
        if tool == "reaction" and moment.fields.get("value") == "raiseHand":
            tool = "hand"
        self.add("engagement", moment.at, who, Engagement(tool))
