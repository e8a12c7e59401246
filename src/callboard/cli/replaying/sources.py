"""The files that can be played: NDJSON of events, BigBlueButton's events.xml, tutoring transcripts in CSV,
and browsers' dumps of WebRTC statistics (rtcstats).

Each is opened and looked through before any is played, so that a broken one stops the command at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from callboard.cli.failures import BadInput
from callboard.integrations.bigbluebutton import events_xml
from callboard.integrations.rtcstats import dump, telling
from callboard.live.engine.events import BadEvent, Joined, LogEvent, Speech, decode_line
from callboard.live.engine.moments import micros
from callboard.records.formats import tutoring_csv
from callboard.records.formats.transcript import Transcript, UnreadableTranscript


@dataclass(frozen=True)
class BadLine:
    """A line that was not taken: where, and why."""

    line: int
    code: str
    message: str


@dataclass
class Source:
    """One file to play: its lines, how many, and whether a provider is ever polled in them."""

    path: Path
    lines: int = 0
    polled: bool = False
    raw: bytes = b""
    events: list[LogEvent] = field(default_factory=list)
    refused: list[BadLine] = field(default_factory=list)

    def play(self) -> Iterator[LogEvent | BadLine]:
        """Its events in order of arrival, bad lines among them."""
        yield from self.refused
        yield from self.events
        for number, line in enumerate(self.raw.split(b"\n"), 1):
            if line.strip():
                try:
                    yield decode_line(line)
                except BadEvent as error:
                    yield BadLine(number, error.code, str(error))


def open_source(path: Path) -> Source:
    """Looks through the file; raises BadInput where it cannot be played at all."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", code="unreadable", file=str(path)) from None
    start = raw[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    suffix = path.suffix.lower()
    if start[:1] == b"<" or suffix == ".xml":
        return _meeting(path)
    if suffix == ".csv" and start[:1] != b"{":
        return _transcript(path)
    if dump.looks_like(start):
        return _dump(path, raw)
    return _lines(path, raw)


def _dump(path: Path, raw: bytes) -> Source:
    try:
        events = telling.events_of(dump.entries(raw.split(b"\n")), path.stem)
    except dump.NotADump as error:
        raise BadInput(str(error), code="dump_broken", file=str(path), line=error.line) from None
    if not events:
        raise BadInput("nothing in it ever connected", code="no_events", file=str(path))
    return Source(path, len(events), events=events)


def _meeting(path: Path) -> Source:
    try:
        log = events_xml.read(path)
    except events_xml.NotARecording as error:
        raise BadInput(str(error), code=error.code, file=str(path), line=error.line) from None
    return Source(path, len(log.events), events=log.events)


def _transcript(path: Path) -> Source:
    try:
        transcript = tutoring_csv.read(path)
    except UnreadableTranscript as error:
        raise BadInput(str(error), code=error.code, file=str(path), line=error.line) from None
    events = events_of(transcript, path.stem)
    refused = [BadLine(line, "data_invalid", why) for line, why in transcript.refused]
    return Source(path, len(events) + len(refused), events=events, refused=refused)


def events_of(transcript: Transcript, session: str) -> list[LogEvent]:
    """A bare transcript as live events: people are in from their first to their last word."""
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    roles: dict[str, str] = {}
    events: list[LogEvent] = []
    for one in transcript.utterances:
        start, end = micros(one.start), micros(one.end)
        first[one.speaker] = min(first.get(one.speaker, start), start)
        last[one.speaker] = max(last.get(one.speaker, end), end)
        roles.setdefault(one.speaker, one.role)
        events.append(LogEvent(0, session, "", "speech", start, one.speaker, Speech(end)))
    events += [
        LogEvent(0, session, "", "participant.joined", at, who, Joined(roles[who]))
        for who, at in first.items()
    ]
    events += [LogEvent(0, session, "", "participant.left", at, who) for who, at in last.items()]
    events.append(LogEvent(0, session, "", "room.ended", max(last.values())))
    events.sort(key=lambda event: (event.at, event.kind == "room.ended", event.kind == "speech"))
    for number, event in enumerate(events, 1):
        event.id = f"{session}-{number}"
    return events


def _lines(path: Path, raw: bytes) -> Source:
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    source = Source(path, raw=raw)
    readable = False
    first_bad: BadLine | None = None
    for number, line in enumerate(raw.split(b"\n"), 1):
        if not line.strip():
            continue
        source.lines += 1
        if readable and (source.polled or b"provider.polled" not in line):
            continue
        try:
            event = decode_line(line)
        except BadEvent as error:
            first_bad = first_bad or BadLine(number, error.code, str(error))
            continue
        readable = True
        source.polled = source.polled or event.kind == "provider.polled"
    if not readable:
        why = "it is empty" if first_bad is None else f"no readable event in it; first: {first_bad.message}"
        line_no = None if first_bad is None else first_bad.line
        raise BadInput(why, code="no_events", file=str(path), line=line_no)
    return source
