"""A real LiveKit server with a session's room on it, and the recorder as a process that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from callboard.lib import clock, ids
from callboard.lib.tenancy import organization_scope
from callboard.people.models import ConsentKind
from callboard.people.operations.persons import Draft, create_people
from callboard.sessions import operations, queries
from callboard.sessions.models import Room, Server, Session
from callboard.sessions.operations import Booking
from callboard.sessions.ports import RoomInfo
from tests.support.livekit import Server as LiveKit
from tests.support.livekit import running


@pytest.fixture(scope="module")
def livekit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKit]:
    with running(tmp_path_factory.mktemp("livekit")) as standing:
        yield standing


@dataclass
class Lesson:
    """A session that is live in a room of the real server; Iris teaches Ana."""

    organization: int
    session: str
    room: str
    iris: str
    ana: str
    people: dict[str, int]

    def end(self) -> None:
        with organization_scope(self.organization):
            operations.ended(self.session, clock.now())

    def row(self) -> Session:
        with organization_scope(self.organization):
            return queries.by_key(self.session)


@pytest.fixture
def lesson(organization: Any, livekit: LiveKit) -> Lesson:
    with organization_scope(organization.pk):
        agreed = (ConsentKind.RECORDING,)
        drafts = [Draft(name="Iris", skills=["maths:8"], consents=agreed), Draft(name="Ana", consents=agreed)]
        iris, ana = create_people(drafts)
        server = Server.objects.create(slug="local", name="Local", kind="livekit", settings=livekit.values)
        now = clock.now()
        session = operations.book(
            Booking(
                title="Algebra",
                starts_at=now,
                ends_at=now + timedelta(hours=1),
                instructor=iris.pk,
                learners=[ana.pk],
                provider="livekit",
                recording_wanted=True,
                room=RoomInfo(ids.new("room")),
            )
        )
        Room.objects.filter(session=session).update(server=server)
        operations.went_live(session.key, now)
        room = Room.objects.get(session=session).external_id
    return Lesson(organization.pk, session.key, room, iris.key, ana.key, {"iris": iris.pk, "ana": ana.pk})


@dataclass
class Recorder:
    """`callboard recorder` as a process."""

    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
                raise


@pytest.fixture
def kept(tmp_path: Path, settings: Any) -> Path:
    """The folder that recordings are kept in."""
    settings.RECORDINGS = str(tmp_path / "kept")
    return tmp_path / "kept"


@pytest.fixture
def recorder(tmp_path: Path, kept: Path, database_place: Any) -> Iterator[Callable[..., Recorder]]:
    """Starts one, as often as it is called."""
    started: list[Recorder] = []

    def start(**environment: str) -> Recorder:
        process = subprocess.Popen(
            [sys.executable, "-m", "callboard.cli.main", "recorder", "--data-dir", str(tmp_path / "data")],
            env={
                **os.environ,
                **database_place.logins.environment(),
                "CALLBOARD_RECORDINGS": str(kept),
                **environment,
            },
            stderr=(tmp_path / f"recorder-{len(started)}.log").open("w"),
            start_new_session=True,
        )
        started.append(Recorder(process))
        return started[-1]

    yield start
    for one in started:
        one.stop()
