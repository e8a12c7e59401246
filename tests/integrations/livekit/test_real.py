"""A lesson in a real room: people with microphones and a camera, the product's own web server, and LiveKit's
webhooks arriving at it, or not.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from callboard.integrations.livekit import server as livekit_server
from callboard.integrations.livekit.provider import LiveKitRooms
from callboard.lib import clock
from callboard.lib.processes import ready
from callboard.lib.tenancy import organization_scope
from callboard.sessions.models import Server
from callboard.workflows.reconcile_rooms.books import ServerBooks
from callboard.workflows.reconcile_rooms.watching import DOWN_AFTER, POLLED_EVERY, Watch
from tests.integrations.livekit.school import School, make_school
from tests.integrations.livekit.test_provider import order
from tests.support.database import Place
from tests.support.livekit import running
from tests.web.serve import served

LATER = 12.0  # seconds


def soon(condition: Callable[[], bool]) -> bool:
    return ready.wait_until(condition, 40)


def polled(rooms: LiveKitRooms, school: School) -> Watch:
    """Ask the server what is so, once, and write what the webhooks did not tell: as if some seconds later,
    since what was told just now is contradicted by nothing.
    """
    watch = Watch(rooms, ServerBooks(school.organization, "livekit", school.server, "local"))
    watch.step(clock.now().timestamp() + LATER)
    return watch


@pytest.mark.django_db(transaction=True)
@pytest.mark.killing
def test_a_lesson_in_a_real_room_is_evidence_whatever_becomes_of_its_webhooks(
    organization: Any, database_place: Place, tmp_path: Path
) -> None:
    keys, where = livekit_server.new_keys(), livekit_server.place()
    values = {"url": where.url, "api_key": keys.key, "api_secret": keys.secret}
    school = make_school(organization, values)
    with ExitStack() as product, ExitStack() as provider:
        address = product.enter_context(served(database_place.logins.environment()))
        livekit = provider.enter_context(running(tmp_path, address + school.hook, place=where, keys=keys))
        rooms = LiveKitRooms(livekit.settings(school.organization, school.server))
        rooms.create_room(order(school.session))
        iris = livekit.begin_join(school.session, school.iris, "microphone", "camera")
        ana = livekit.begin_join(school.session, school.ana, "microphone")
        iris.wait_in()
        ana.wait_in()

        # Every webhook came, verified, and says what is so: the poll has nothing to add.
        assert soon(lambda: len(school.of("track.published")) == 3), school.told()
        assert school.inside() == {school.iris, school.ana}
        assert [line.id for line in school.of("room.started")]
        told = school.told()
        polled(rooms, school)
        assert school.told() == told
        assert school.of_provider()

        # Of muting no webhook tells.
        ana.do("mute")
        assert soon(lambda: bool(polled(rooms, school) and school.of("track.muted")))
        assert {line.participant for line in school.of("track.muted")} == {school.ana}

        # The receiver is away: one leaves, one vanishes without a word, another comes.
        product.close()
        iris.kill()
        ana.do("leave")
        livekit.join(school.session, "per_stranger", "microphone")
        livekit.join(school.session, "rec_1", role="recorder")
        assert soon(lambda: bool(polled(rooms, school)) and school.inside() == {"per_stranger"})
        left = {
            line.participant: json.loads(line.data)["connection"] for line in school.of("participant.left")
        }
        assert set(left) == {school.iris, school.ana}
        assert {f"left-{connection}" for connection in left.values()} <= set(school.told()), "a webhook's ids"

        assert soon(lambda: rooms.poll()[school.session] == 1), "a hidden helper counts as nobody"

        # The server is gone, and so is the room.
        watch = polled(rooms, school)
        livekit.kill()
        assert soon(lambda: not livekit_server.answers(where))
        now = clock.now().timestamp() + LATER + POLLED_EVERY
        watch.step(now)
        watch.step(now + DOWN_AFTER + 1)
        assert [json.loads(line.data) for line in school.of("room.lost")] == [{"node": "local"}]
        with organization_scope(school.organization):
            assert Server.objects.get(pk=school.server).down_at is not None


class Receiver:
    """Answers LiveKit's webhooks as it is told to, in the order of their coming."""

    def __init__(self, *answers: int) -> None:
        self.seen: list[str] = []
        self.held = threading.Event()
        self.held.set()
        self.answers = list(answers)
        handler = type("Handler", (_Handler,), {"receiver": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def answer(self, event: str) -> int:
        self.seen.append(event)
        return self.answers.pop(0) if self.answers else 200

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        status = self.receiver.answer(body["event"])
        self.receiver.held.wait(30)
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing of each request."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Has no time for the first, and no use for what comes then."""
    one = Receiver(503, 200, 404)
    yield one
    one.close()


def test_what_waited_too_long_is_never_told_and_seen_all_the_same(receiver: Receiver, tmp_path: Path) -> None:
    """LiveKit drops what has waited for 30 seconds: one here, so that nobody else has to wait."""
    receiver.answers.clear()
    receiver.held.clear()
    with running(tmp_path, receiver.address, max_age="1s") as livekit:
        rooms = LiveKitRooms(livekit.settings())
        rooms.create_room(order("ses_1"))
        assert soon(lambda: receiver.seen == ["room_started"])
        livekit.join("ses_1", "per_a")
        time.sleep(1.5)
        receiver.held.set()
        rooms.create_room(order("ses_2"))
        assert soon(lambda: receiver.seen == ["room_started", "room_started"])
        assert [one.identity for one in rooms.look("ses_1").people] == ["per_a"]
        livekit.join("ses_1", "per_b")
        assert soon(lambda: receiver.seen[2:] == ["participant_joined"]), "what comes in time is told"


def test_livekit_tries_again_after_a_5xx_and_takes_a_4xx_for_delivered(
    receiver: Receiver, tmp_path: Path
) -> None:
    """So what we cannot keep must get a 5xx, and what is of no use to us must not look like a failure."""
    with running(tmp_path, receiver.address) as livekit:
        rooms = LiveKitRooms(livekit.settings())
        rooms.create_room(order("ses_1"))
        assert soon(lambda: receiver.seen == ["room_started"] * 2)
        rooms.end_room("ses_1")
        rooms.create_room(order("ses_2"))
        assert soon(lambda: len(receiver.seen) >= 4)
        # Of two rooms at once, either may be told of first.
        assert sorted(receiver.seen[2:]) == ["room_finished", "room_started"]
