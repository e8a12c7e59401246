"""A stand-in for LiveKit's egress service, which needs a container of its own: its Twirp API over HTTP.

It keeps what it was asked, answers as the service does, and can be told what has become of a recorder. Rooms
are empty. What it answers is protobuf, as `livekit-api` sends and reads it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from livekit.api import (
    EgressInfo,
    EgressStatus,
    ListEgressRequest,
    ListEgressResponse,
    ListParticipantsResponse,
    RoomCompositeEgressRequest,
    StopEgressRequest,
)

_REFUSED = b'{"code": "unavailable", "msg": "no recorder"}'


class Egress:
    """What the service knows."""

    def __init__(self) -> None:
        self.known: dict[str, EgressInfo] = {}
        self.asked: list[RoomCompositeEgressRequest] = []
        self.fails = 0
        self.url = ""

    def become(self, name: str, status: EgressStatus, **more: Any) -> None:
        """A recorder is in another state now."""
        self.known[name].status = status
        for key, value in more.items():
            setattr(self.known[name], key, value)

    def start(self, body: bytes) -> EgressInfo:
        wanted = RoomCompositeEgressRequest.FromString(body)
        self.asked.append(wanted)
        name = f"EG_{len(self.asked)}"
        self.known[name] = EgressInfo(
            egress_id=name,
            room_name=wanted.room_name,
            status=EgressStatus.EGRESS_STARTING,
            room_composite=wanted,
        )
        return self.known[name]

    def stop(self, body: bytes) -> EgressInfo:
        name = StopEgressRequest.FromString(body).egress_id
        self.become(name, EgressStatus.EGRESS_ENDING)
        return self.known[name]

    def listed(self, body: bytes) -> ListEgressResponse:
        room = ListEgressRequest.FromString(body).room_name
        return ListEgressResponse(items=[one for one in self.known.values() if one.room_name == room])


@contextmanager
def egress_service() -> Iterator[Egress]:
    """One that answers on loopback, until the block ends."""
    service = Egress()
    methods: dict[str, Callable[[bytes], Any]] = {
        "Egress/StartRoomCompositeEgress": service.start,
        "Egress/StopEgress": service.stop,
        "Egress/ListEgress": service.listed,
        "RoomService/ListParticipants": lambda _body: ListParticipantsResponse(),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            failing = service.fails > 0 and "Start" in self.path
            service.fails -= failing
            answer = _REFUSED
            if not failing:
                answer = methods[self.path.removeprefix("/twirp/livekit.")](body).SerializeToString()
            self.send_response(503 if failing else 200)
            self.send_header("Content-Type", "application/json" if failing else "application/protobuf")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
