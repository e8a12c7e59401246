"""Fills `sessions.ports.RoomProvider` for one BigBlueButton server.

A meeting's id is its order's key, so that asking twice is asking once. Meetings that nobody joins end by
themselves after a while, so each is asked for again when somebody enters. What it cannot do over its API:
start a recording (it records from the first moment where the booking says so), stop one while people are in
(who moderates can), put one person out, let a link expire, and lead people over into another room. Those
capabilities it does not claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from callboard.integrations.bigbluebutton import hooking
from callboard.integrations.bigbluebutton.api import Address, NotThere, ask, is_true, text
from callboard.integrations.bigbluebutton.capabilities import CAPABILITIES
from callboard.lib import clock
from callboard.sessions.ports import (
    Entry,
    PersonSeen,
    ProviderFailed,
    RecorderSeen,
    RoomInfo,
    RoomOrder,
    RoomSeen,
    ServerSettings,
    TrackSeen,
    Unable,
    Visitor,
)

LINGER: Final = timedelta(minutes=30)
EMPTY_FOR: Final = 10  # minutes after the last has left, as it counts them
RECORDER: Final = "bbb"
"""What its recorder is called in our evidence: each meeting has one."""

REMADE_FOR: Final = 60 * 24  # minutes that a meeting which was made again waits for its people
MOST_MINUTES: Final = 60 * 24 * 30


class BigBlueButtonRooms(Unable):
    """The meetings of one server."""

    capabilities = CAPABILITIES

    def __init__(self, server: ServerSettings) -> None:
        self._server = server
        self._address = Address.of(server.values)

    def create_room(self, session: RoomOrder) -> RoomInfo:
        """The meeting, empty until somebody comes; with `recording`, it records from its first moment."""
        waits = int((session.ends_at + LINGER - clock.now()).total_seconds() // 60)
        self._create(session.key, recording=session.recording, waits=max(waits, 1))
        return RoomInfo(session.key, "", self._server.region, self._server.slug)

    def _create(self, key: str, *, recording: bool, waits: int) -> None:
        ask(
            self._address,
            "create",
            meetingID=key,
            name=key,
            record=str(recording).lower(),
            autoStartRecording=str(recording).lower(),
            allowStartStopRecording="true",
            meetingExpireIfNoUserJoinedInMinutes=str(min(waits, MOST_MINUTES)),
            meetingExpireWhenLastUserLeftInMinutes=str(EMPTY_FOR),
            **{"meta_callboard-recording": str(recording).lower()},
        )

    def end_room(self, external_id: str) -> None:
        try:
            ask(self._address, "end", meetingID=external_id)
        except NotThere:
            return

    def stop_recording(self, external_id: str) -> None:
        """What it can do is make the meeting again as one that is not recorded, while nobody is in. Later on
        only who moderates can stop it; it is tried again until they have left.
        """
        try:
            meeting = ask(self._address, "getMeetingInfo", meetingID=external_id)
        except NotThere:
            return
        if not recorders(meeting):
            return
        if text(meeting, "participantCount") not in {"", "0"}:
            words = _("BigBlueButton can’t be told to stop while people are in; whoever moderates can.")  # noqa: RUF001
            raise ProviderFailed(words)
        self.end_room(external_id)
        self._create(external_id, recording=False, waits=REMADE_FOR)

    def poll(self) -> Mapping[str, int]:
        """Also sees to it that its webhooks come to us: it forgets those that failed for a while."""
        found = ask(self._address, "getMeetings")
        hooking.keep(self._address, self._server.organization, self._server.id)
        return {
            text(meeting, "meetingID"): int(text(meeting, "participantCount") or 0)
            for meeting in found.iter("meeting")
        }

    def look(self, external_id: str) -> RoomSeen:
        """It tells of each person how often they are in, not by which connection nor since when."""
        try:
            meeting = ask(self._address, "getMeetingInfo", meetingID=external_id)
        except NotThere:
            return RoomSeen(recorders=self._recorded(external_id))
        now = clock.now()
        people = tuple(person(each, now) for each in meeting.iter("attendee") if text(each, "userID"))
        return RoomSeen(people, recorders(meeting))

    def _recorded(self, external_id: str) -> tuple[RecorderSeen, ...]:
        """What became of the recording of a meeting that is over."""
        try:
            found = ask(self._address, "getRecordings", meetingID=external_id)
        except NotThere:
            return ()
        return tuple(one for one in map(recorded, found.iter("recording")) if one is not None)[:1]

    def enter(self, external_id: str, visitor: Visitor) -> Entry:
        """A link for this person. A meeting that ended while nobody was in is made again, unrecorded: whether
        it may still be recorded is not known here, and that it is not is a case soon.
        """
        try:
            ask(self._address, "getMeetingInfo", meetingID=external_id)
        except NotThere:
            left = int((visitor.until - clock.now()).total_seconds() // 60)
            self._create(external_id, recording=False, waits=max(left, 60))
        role = "MODERATOR" if visitor.role == "instructor" else "VIEWER"
        link = self._address.signed(
            "join",
            {
                "meetingID": external_id,
                "fullName": visitor.name,
                "userID": visitor.identity,
                "role": role,
                "redirect": "true",
            },
        )
        return Entry("link", link)


def person(attendee: Element, now: datetime) -> PersonSeen:
    """Someone who is in, their connection and tracks unnamed; `now`, since it does not say since when."""
    tracks = []
    if is_true(attendee, "hasJoinedVoice") and not is_true(attendee, "isListeningOnly"):
        tracks.append(TrackSeen("", "microphone", False))
    if is_true(attendee, "hasVideo"):
        tracks.append(TrackSeen("", "camera", False))
    return PersonSeen(text(attendee, "userID"), "", now, tuple(tracks))


def recorders(meeting: Element) -> tuple[RecorderSeen, ...]:
    """Its recorder, where the meeting is one that is recorded: at work or not."""
    status = "running" if is_true(meeting, "recording") else "stopped"
    metadata = meeting.find("metadata")
    wanted = metadata is not None and is_true(metadata, "callboard-recording")
    return (RecorderSeen(RECORDER, status),) if wanted or status == "running" else ()


def recorded(recording: Element) -> RecorderSeen | None:
    """A recording that can be played; None while it is being processed. Its length is told in whole minutes,
    too coarse to judge by.
    """
    if text(recording, "state") != "published" and not is_true(recording, "published"):
        return None
    size = text(recording, "size") or text(recording, "rawSize")
    ended = text(recording, "endTime")
    return RecorderSeen(
        RECORDER,
        "complete",
        stopped_at=datetime.fromtimestamp(int(ended) / 1000, UTC) if ended.isdigit() else None,
        bytes=int(size) if size.isdigit() else 0,
    )
