"""A stand-in for a BigBlueButton server: its API over HTTP, signed and in XML, as much of it as is asked for.

Its answers are written after the API's documentation, and its webhooks after recorded payloads; a real server
has not been tried against.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

SECRET = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"


@dataclass
class Meeting:
    id: str
    parameters: dict[str, str]
    attendees: list[tuple[str, str, bool, bool]] = field(default_factory=list)
    """(userID, role, has a microphone, has a camera), one for each connection."""
    recording: bool = False

    def xml(self) -> str:
        people = "".join(
            f"<attendee><userID>{escape(who)}</userID><fullName>Somebody</fullName><role>{role}</role>"
            f"<isPresenter>false</isPresenter><isListeningOnly>{_word(not microphone)}</isListeningOnly>"
            f"<hasJoinedVoice>{_word(microphone)}</hasJoinedVoice><hasVideo>{_word(camera)}</hasVideo>"
            "<clientType>HTML5</clientType></attendee>"
            for who, role, microphone, camera in self.attendees
        )
        metadata = "".join(
            f"<{name.removeprefix('meta_')}>{escape(value)}</{name.removeprefix('meta_')}>"
            for name, value in self.parameters.items()
            if name.startswith("meta_")
        )
        return (
            f"<meetingID>{escape(self.id)}</meetingID><internalMeetingID>{_hash(self.id)}-1700000000000"
            f"</internalMeetingID><running>{_word(bool(self.attendees))}</running>"
            f"<recording>{_word(self.recording)}</recording>"
            f"<participantCount>{len(self.attendees)}</participantCount>"
            f"<attendees>{people}</attendees><metadata>{metadata}</metadata>"
        )


class BigBlueButton:
    """What stands on the server, and what it was asked."""

    def __init__(self) -> None:
        self.meetings: dict[str, Meeting] = {}
        self.recordings: dict[str, str] = {}
        self.hooks: list[dict[str, str]] = []
        self.asked: list[str] = []
        self.url = ""

    def answer(self, call: str, query: str) -> str:
        parameters = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
        given = parameters.pop("checksum", "")
        signed = query.rpartition("checksum=")[0].removesuffix("&")
        if hashlib.sha256(f"{call}{signed}{SECRET}".encode()).hexdigest() != given:
            return _failed("checksumError")
        self.asked.append(call)
        meeting = self.meetings.get(parameters.get("meetingID", ""))
        match call:
            case "create":
                id_ = parameters["meetingID"]
                if meeting is None:
                    self.meetings[id_] = Meeting(id_, parameters)
                return _done(f"<meetingID>{escape(id_)}</meetingID>")
            case "getMeetings":
                found = "".join(f"<meeting>{each.xml()}</meeting>" for each in self.meetings.values())
                return _done(f"<meetings>{found}</meetings>")
            case "getMeetingInfo":
                return _failed("notFound") if meeting is None else _done(meeting.xml())
            case "end":
                if meeting is None:
                    return _failed("notFound")
                del self.meetings[meeting.id]
                return _done("<messageKey>sentEndMeetingRequest</messageKey>")
            case "getRecordings":
                return _done(f"<recordings>{self.recordings.get(parameters['meetingID'], '')}</recordings>")
            case "hooks/create":
                self.hooks.append(parameters)
                return _done("<hookID>1</hookID><permanentHook>false</permanentHook>")
        return _failed("unsupportedRequest")


@contextmanager
def serving() -> Iterator[BigBlueButton]:
    """The stand-in on loopback, while the block lasts."""
    there = BigBlueButton()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            said = there.answer(parts.path.removeprefix("/bigbluebutton/api/"), parts.query).encode()
            self.send_response(200)
            self.send_header("content-type", "text/xml")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    there.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()


def _done(inner: str) -> str:
    return f"<response><returncode>SUCCESS</returncode>{inner}</response>"


def _failed(key: str) -> str:
    return f"<response><returncode>FAILED</returncode><messageKey>{key}</messageKey></response>"


def _word(yes: bool) -> str:
    return "true" if yes else "false"


def _hash(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
