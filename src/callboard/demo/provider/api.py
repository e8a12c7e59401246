"""The provider's own HTTP API, on loopback, behind a token: what an outside provider would offer.

| request | does |
|---|---|
| PUT /rooms/{session} | makes a room, and says where it is; 503 where there is no capacity |
| DELETE /rooms/{id} | ends it |
| PUT /rooms/{id}/recorders/{request} | starts a recorder |
| DELETE /rooms/{id}/recorders | stops those that run |
| GET /rooms | the rooms that stand, with how many are in |
| GET, PUT /pace | how often things go wrong |
| GET /faults | what was put wrong, and which cases that demands |
"""

from __future__ import annotations

import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

from callboard.demo.provider.rooms import NoCapacity, NoSuchRoom, Rooms

HIGHEST_PACE = 10.0


class Api:
    """Serves the rooms on a port until it is closed."""

    def __init__(self, rooms: Rooms, port: int, token: str) -> None:
        handler = type("Handler", (_Handler,), {"rooms": rooms, "token": token})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="provider api", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    rooms: Rooms
    token: str
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        given = self.headers.get("authorization", "")
        if not hmac.compare_digest(given, f"Bearer {self.token}"):
            self._say(401, {"code": "unauthorized"})
            return
        try:
            said = self._do(self.command, self.path.strip("/").split("/"), json.loads(body or b"{}"))
        except NoCapacity:
            self._say(503, {"code": "no_capacity"})
        except (NoSuchRoom, LookupError):
            self._say(404, {"code": "not_found"})
        except ValueError:
            self._say(400, {"code": "bad_request"})
        else:
            self._say(200, said)

    def _do(self, method: str, path: list[str], body: dict[str, Any]) -> Any:
        rooms = self.rooms
        match method, path:
            case "PUT", ["rooms", session]:
                return rooms.create(session, int(body["starts"]))
            case "DELETE", ["rooms", room]:
                rooms.end(room)
            case "PUT", ["rooms", room, "recorders", request]:
                rooms.record(room, request)
            case "DELETE", ["rooms", room, "recorders"]:
                rooms.stop_recording(room)
            case "GET", ["rooms"]:
                return rooms.standing()
            case "PUT", ["pace"]:
                pace = float(body["pace"])
                if not 0 <= pace <= HIGHEST_PACE:
                    raise ValueError(pace)
                with rooms.lock:
                    rooms.director.set_pace(pace)
                return {"pace": pace}
            case "GET", ["pace"]:
                return {"pace": rooms.director.pace}
            case "GET", ["faults"]:
                return msgspec.to_builtins(rooms.faults())
            case _:
                raise LookupError
        return {}

    def _say(self, status: int, said: Any) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing of each request."""
