"""What a dump comes to, connection by connection: whether and how long it stood, its tracks, losses, delays.

Three dialects are read: standard statistics (Chrome, Safari), the same reports as Chrome had them before
(type `ssrc`, all values text), and Firefox's, which tell less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from callboard.integrations.rtcstats import reports as reading
from callboard.integrations.rtcstats.dump import Entry
from callboard.integrations.rtcstats.reports import Packets, Pair, Picture

FAILURES = {
    "createOfferOnFailure": "sdp_create",
    "createAnswerOnFailure": "sdp_create",
    "setLocalDescriptionOnFailure": "sdp_set",
    "setRemoteDescriptionOnFailure": "sdp_set",
}
NOT_OF_THE_SESSION = frozenset({"connectionInfo", "identity"})


@dataclass
class Track:
    """One track in one direction or both, as long as it kept its type. Times in milliseconds."""

    ssrc: int
    begins: int
    ends: int
    media: str = ""
    picture: str = ""
    sent: list[Packets] = field(default_factory=list)
    received: list[Packets] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """audio, video, or video/camera where the dump says what is in the picture."""
        return f"{self.media}/{self.picture}" if self.picture else self.media


@dataclass
class Connection:
    """One peer connection. Times in milliseconds since 1970, 0 where it has not been."""

    begins: int = 0
    ends: int = 0
    peer_to_peer: bool | None = None
    states: list[str] = field(default_factory=list)
    connected_at: int = 0
    last_at: int = 0
    ice_disconnected_at: int = 0
    ice_failed_at: int = 0
    failures: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    pair: Pair | None = None
    relayed: bool | None = None
    round_trips: list[float] = field(default_factory=list)  # as the dump has them, seconds or milliseconds
    pictures: list[tuple[Picture, Picture]] = field(default_factory=list)  # the smallest and the largest
    tracks: dict[int, Track] = field(default_factory=dict)
    former: list[Track] = field(default_factory=list)

    @property
    def lasted_ms(self) -> int:
        """From being connected to the last word of it."""
        return max(0, self.last_at - self.connected_at) if self.connected_at else 0

    @property
    def reconnects(self) -> int:
        return max(0, self.states.count("connected") - 1)

    @property
    def failed(self) -> bool:
        return "failed" in self.states

    def all_tracks(self) -> list[Track]:
        """Those that anything was told of, by number and time."""
        told = [track for track in (*self.tracks.values(), *self.former) if track.media]
        return sorted(told, key=lambda track: (track.ssrc, track.begins))


@dataclass
class Extraction:
    """All of one dump. `endpoint`: whose it is, as the dump names them."""

    endpoint: str | None = None
    meeting: str | None = None
    begins: int = 0
    ends: int = 0
    connections: dict[str, Connection] = field(default_factory=dict)
    speaking: list[tuple[int, str]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def spoke(self) -> list[tuple[int, int]]:
        """When it was the dump's own endpoint whom the others heard most, from and until."""
        found: list[tuple[int, int]] = []
        since: int | None = None
        for at, who in [*self.speaking, (self.ends, "")]:
            if who == self.endpoint and since is None:
                since = at
            elif who != self.endpoint and since is not None:
                found.append((since, at))
                since = None
        return found


def extract(entries: Iterable[Entry]) -> Extraction:
    """Goes once through a dump."""
    found = Extraction()
    for entry in entries:
        _take(found, entry)
    return found


def _take(found: Extraction, entry: Entry) -> None:
    found.counts[entry.what] += 1
    if entry.what not in NOT_OF_THE_SESSION and entry.at:
        found.begins = found.begins or entry.at
        found.ends = entry.at
    value = entry.value
    match entry.what:
        case "identity" if isinstance(value, dict):
            found.endpoint = found.endpoint or value.get("endpointId")
            found.meeting = found.meeting or value.get("confID") or value.get("confName")
        case "dominantSpeaker" if isinstance(value, dict):
            found.speaking.append((entry.at, str(value.get("dominantSpeakerEndpoint"))))
        case "setVideoType" if isinstance(value, dict):
            for connection in found.connections.values():
                _set_picture(connection, value, entry.at)
    if entry.connection is None:
        return
    connection = found.connections.setdefault(entry.connection, Connection())
    match entry.what:
        case "constraints" if isinstance(value, dict):
            for option in value.get("optional") or ():
                connection.peer_to_peer = option.get("rtcStatsSFUP2P", connection.peer_to_peer)
        case "onconnectionstatechange":
            connection.states.append(str(value))
            if value == "connected" and not connection.connected_at:
                connection.connected_at = entry.at
        case "oniceconnectionstatechange" if value == "disconnected":
            connection.ice_disconnected_at = entry.at
        case "oniceconnectionstatechange" if value == "failed":
            connection.ice_failed_at = entry.at
        case "ondtlserror":
            connection.failures["dtls_errors"] += 1
        case "ondtlsstatechange" if value == "failed":
            connection.failures["dtls"] += 1
        case "getstats":
            _take_reports(connection, entry)
        case what if what in FAILURES:
            connection.failures[FAILURES[what]] += 1
    if entry.at:
        connection.begins, connection.ends = connection.begins or entry.at, entry.at
    if connection.connected_at and entry.at:
        connection.last_at = entry.at


def _set_picture(connection: Connection, value: dict[str, Any], at: int) -> None:
    """What is in a track's picture. Another thing than before: from here on it is another track."""
    ssrc, picture = reading.whole(value.get("ssrc")), str(value.get("videoType") or "")
    if ssrc is None:
        return
    track = connection.tracks.get(ssrc)
    if track is not None and track.picture and track.picture != picture:
        track.ends = at
        connection.former.append(connection.tracks.pop(ssrc))
        track = None
    if track is None:
        track = connection.tracks[ssrc] = Track(ssrc, at, at)
    track.picture = picture


def _take_reports(connection: Connection, entry: Entry) -> None:
    reports = entry.reports
    pictures: list[Picture] = []
    for name, report in reports.items():
        if (delay := reading.round_trip(reports, report)) is not None:
            connection.round_trips.append(delay)
        if (pair := reading.selected_pair(reports, report)) is not None:
            connection.pair, connection.relayed = pair, pair.relayed
        if (sent := reading.sent(reports, report)) is not None:
            _track(connection, report, name, entry.at).sent.append(sent)
        if (received := reading.received(report)) is not None:
            _track(connection, report, name, entry.at).received.append(received)
        if (picture := reading.picture(report)) is not None:
            pictures.append(picture)
    if pictures:
        connection.pictures.append(reading.smallest_and_largest(pictures))


def _track(connection: Connection, report: dict[str, Any], name: str, at: int) -> Track:
    ssrc = reading.whole(report.get("ssrc")) or 0
    track = connection.tracks.get(ssrc)
    if track is None:
        track = connection.tracks[ssrc] = Track(ssrc, at, at)
    track.media = track.media or reading.media(report, name)
    track.ends = at
    return track
