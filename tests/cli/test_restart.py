"""Restarted under requests: what is at work is answered, streams are told, and nobody misses anything."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from callboard.lib.postgres.processes import free_port

COMMAND = [sys.executable, "-m", "callboard.cli.main", "serve"]
SCHOOL = """
import sys
from datetime import timedelta
from pathlib import Path
from callboard.cli import runtime

with runtime.product(Path(sys.argv[1]), migrated=False):
    from callboard.cases.operations import Raise, raise_case
    from callboard.lib import clock
    from callboard.lib.tenancy import organization_scope
    from callboard.people import operations as people
    from callboard.people.access import SCOPES
    from callboard.sessions import operations as sessions

    admin = people.bootstrap_admin("ana@maple.example", "correct-horse-battery", organization="Maple")
    with organization_scope(admin.organization_id):
        marta, joan = people.create_people(
            [
                people.Draft(name="Marta Vidal", key="marta", skills=["algebra:8"]),
                people.Draft(name="Joan Serra", key="joan", level="8"),
            ]
        )
        now = clock.now()
        times = {"starts_at": now + timedelta(days=1), "ends_at": now + timedelta(days=1, hours=1)}
        sessions.book(
            sessions.Booking(title="Algebra", instructor=marta.pk, learners=[joan.pk], key="s-1", **times)
        )
        _key, token = people.create_api_key("Tests", sorted(SCOPES))
    print(token, flush=True)
    sys.stdin.readline()
    with organization_scope(admin.organization_id):
        about = {"session_key": "s-1", "participant": "marta", "why": "marta was due in", "evidence": ["e-1"]}
        now = clock.now()
        raise_case(Raise(kind="instructor_missing", severity="now", raised_at=now, noticed_at=now, **about))
"""


class Serve:
    """`callboard serve` on one port, begun and ended as often as is liked."""

    def __init__(self, data_dir: Path, environment: dict[str, str]) -> None:
        self.port = free_port()
        self._command = [*COMMAND, "--port", str(self.port), "--data-dir", str(data_dir)]
        self._environment = environment
        self.process: subprocess.Popen[str] | None = None

    def begin(self) -> None:
        self.process = subprocess.Popen(
            self._command, env=self._environment, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr is not None
        told = []
        for line in self.process.stderr:
            told.append(line)
            if "Callboard answers on" in line:
                threading.Thread(target=self.process.stderr.read, daemon=True).start()
                return
        raise AssertionError("".join(told))

    def end(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait()

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)


@pytest.fixture
def serve(data_dir: Path, environment: dict[str, str]) -> Iterator[Serve]:
    one = Serve(data_dir, environment)
    yield one
    if one.process is not None and one.process.poll() is None:
        one.end()


class Asker(threading.Thread):
    """Asks again and again, each time over a connection of its own."""

    def __init__(self, serve: Serve, token: str) -> None:
        super().__init__(daemon=True)
        self._serve, self._token = serve, token
        self.over = threading.Event()
        self.answered = self.refused = 0
        self.failed: list[str] = []

    def run(self) -> None:
        while not self.over.is_set():
            connection = self._serve.connect()
            try:
                connection.connect()
            except ConnectionRefusedError:
                self.refused += 1
                self.over.wait(0.02)
                continue
            try:
                connection.request(
                    "GET", "/api/v1/people", headers={"Authorization": f"Bearer {self._token}"}
                )
                status = connection.getresponse().status
                if status == 200:
                    self.answered += 1
                else:
                    self.failed.append(str(status))
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(type(error).__name__)
            finally:
                connection.close()


def listen(serve: Serve, token: str, last: str = "") -> http.client.HTTPResponse:
    headers = {"Authorization": f"Bearer {token}", **({"Last-Event-ID": last} if last else {})}
    connection = serve.connect()
    connection.request("GET", "/api/v1/stream", headers=headers)
    answer = connection.getresponse()
    assert answer.status == 200
    return answer


def events(stream: http.client.HTTPResponse) -> Iterator[tuple[str, str, Any]]:
    """Id, name and data of each, until the stream ends; an end that is none raises."""
    fields: dict[str, str] = {}
    for line in stream:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            fields[name] = value
        elif "event" in fields:
            yield fields["id"], fields["event"], json.loads(fields["data"])
            fields = {}


def half_asked(serve: Serve) -> socket.socket:
    """A request that the web has taken, and whose end is still to come."""
    taken = socket.create_connection(("127.0.0.1", serve.port), timeout=60)
    taken.sendall(
        b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\n"
        b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n"
    )
    assert taken.recv(100).startswith(b"HTTP/1.1 100")
    return taken


@pytest.mark.killing
def test_a_restart_under_requests_fails_none_and_a_stream_goes_on(
    serve: Serve, data_dir: Path, environment: dict[str, str]
) -> None:
    serve.begin()
    school = subprocess.Popen(
        [sys.executable, "-c", SCHOOL, str(data_dir)],
        env=environment | {"CALLBOARD_BASE_URL": f"http://localhost:{serve.port}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert school.stdout is not None
    token = school.stdout.readline().strip()

    stream = events(listen(serve, token))
    last, name, _ = next(stream)
    assert name == "beat"
    asker = Asker(serve, token)
    asker.start()
    taken = half_asked(serve)

    ended = threading.Thread(target=serve.end)
    ended.start()
    heard = [last, *(number for number, _, _ in stream)]
    last = heard[-1]
    taken.sendall(b"login=ana")
    assert taken.recv(1_000).startswith(b"HTTP/1.1 403"), "a form without its token, answered all the same"
    ended.join()
    school.communicate("now\n")  # while nobody listens

    serve.begin()
    before = asker.answered
    resumed = events(listen(serve, token, last))
    [case] = [data for _, name, data in islice(resumed, 2) if name == "case"]
    assert (case["kind"], case["session"]) == ("instructor_missing", "s-1")
    while asker.answered == before and not asker.failed:
        asker.over.wait(0.02)
    asker.over.set()
    asker.join()
    assert asker.failed == []
    assert asker.answered
    assert asker.refused, "it was away for a moment"
    assert serve.end() == 0
