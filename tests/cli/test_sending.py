"""`callboard replay --into`: what a running Callboard is asked, by one that only writes it down."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_replay import STORY, answer, run, written


class Asked:
    """A server that takes everything; `busy` is how often it says to come again first."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.busy = 0
        asked = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if asked.busy:
                    asked.busy -= 1
                    self._answer(429, {"code": "busy"})
                    return
                asked.calls.append((self.path, body))
                if self.headers["Authorization"] != "Bearer good":
                    self._answer(401, {"code": "unauthorized", "detail": "Sign in."})
                elif self.path.endswith("/events"):
                    self._answer(202, {"accepted": len(body), "duplicate": 0, "rejected": []})
                else:
                    self._answer(201, {"id": "ses_1"})

            def _answer(self, status: int, body: object) -> None:
                raw = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Retry-After", "0")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def asked() -> Iterator[Asked]:
    found = Asked()
    thread = threading.Thread(target=found.server.serve_forever)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def test_people_and_plan_are_booked_and_the_rest_is_sent_as_evidence(tmp_path: Path, asked: Asked) -> None:
    found = answer(written(tmp_path, *STORY), "--into", asked.url, "--key", "good")
    paths = [path for path, _ in asked.calls]
    assert paths == ["/api/v1/people", "/api/v1/people", "/api/v1/sessions", "/api/v1/events"]
    assert [body["key"] for _, body in asked.calls[:2]] == ["iris", "ana"]
    assert asked.calls[2][1]["key"] == "s-1"
    events = asked.calls[3][1]
    assert "session.planned" not in {one["kind"] for one in events}
    assert {one["session"] for one in events} == {"ses_1"}
    assert [one["data"] for one in events if one["kind"] == "speech"] == [
        {"ends_at": "2026-03-02T16:06:30Z"}
    ] * 2
    assert found["events"] == {"read": 9, "accepted": 8, "duplicate": 0, "rejected": 0}


def test_told_to_wait_it_sends_again(tmp_path: Path, asked: Asked) -> None:
    asked.busy = 3
    assert answer(written(tmp_path, *STORY), "--into", asked.url, "--key", "good")["events"]["accepted"] == 8


def test_a_key_that_is_not_known_ends_it(tmp_path: Path, asked: Asked) -> None:
    done = run(written(tmp_path, *STORY), "--into", asked.url, "--key", "bad", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "unauthorized"


def test_nobody_there_is_said(tmp_path: Path) -> None:
    done = run(written(tmp_path, *STORY), "--into", "http://127.0.0.1:9", "--key", "good", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "unreachable"


def test_a_key_without_an_address_is_a_bad_argument(tmp_path: Path) -> None:
    assert run(written(tmp_path, *STORY), "--key", "good").returncode == 2
