"""A real LiveKit server for a test, and people in its rooms: processes of their own, that can be killed.

| gives | |
|---|---|
| `program()` | the server's program; where there is none the test skips, on CI it fails |
| `running(folder, webhook)` | a server on ports of its own, stopped at the end of the block |
| `Server.join(room, identity)` | someone who is in, publishing what is asked for |
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from callboard.integrations.livekit import binary, server
from callboard.integrations.livekit.server import Keys, Place
from callboard.lib import clock
from callboard.lib.processes import ready
from callboard.lib.processes.supervisor import Supervisor
from callboard.sessions.ports import ServerSettings, Visitor


def program() -> Path:
    """The server's program. A test that needs it never passes for want of it on CI."""
    try:
        found = binary.find()
    except binary.ServerMissing as missing:
        pytest.fail(str(missing))
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no LiveKit server: `make test` builds one")
        raise AssertionError
    return found


class Person:
    """Someone in a room, as a process: told what to do line by line, answering each when it is done."""

    def __init__(self, url: str, token: str, *publishing: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.livekit_person", url, token, *publishing],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def wait_in(self) -> Person:
        """Wait until they are in and publish what they were asked to."""
        self._expect("in")
        return self

    def do(self, what: str) -> str:
        """`mute`, `unmute`, `unpublish`, `heard` (how many bytes of others' audio), `messages`, `leave`."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        return self._expect(what)

    def kill(self) -> None:
        """They vanish: no word to anybody."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Whatever they were at, they are gone."""
        if self._process.poll() is None:
            self.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _expect(self, word: str) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        said, _, rest = line.partition(" ")
        assert said == word, f"expected {word!r}, and they said {line!r}"
        return rest


@dataclass
class Server:
    """A running server."""

    place: Place
    keys: Keys
    supervisor: Supervisor
    people: list[Person] = field(default_factory=list)

    @property
    def values(self) -> dict[str, str]:
        """As an organization fills them in."""
        return {
            "url": self.place.url,
            "api_key": self.keys.key,
            "api_secret": self.keys.secret,
            "egress": "no",
        }

    def settings(self, organization: int = 1, id_: int = 1, slug: str = "local") -> ServerSettings:
        return ServerSettings(organization, id_, slug, "", self.values)

    def token(self, room: str, identity: str, *, role: str = "learner", name: str = "") -> str:
        """What opens the door, as Callboard makes it."""
        from callboard.integrations.livekit.provider import LiveKitRooms

        visitor = Visitor(identity, name or identity, role, clock.now() + timedelta(minutes=5))
        return LiveKitRooms(self.settings()).enter(room, visitor).token

    def begin_join(self, room: str, identity: str, *publishing: str, role: str = "learner") -> Person:
        """On their way in; several at once come in sooner. `publishing`: microphone, camera."""
        person = Person(self.place.url, self.token(room, identity, role=role), *publishing)
        self.people.append(person)
        return person

    def join(self, room: str, identity: str, *publishing: str, role: str = "learner") -> Person:
        """Someone who is in."""
        return self.begin_join(room, identity, *publishing, role=role).wait_in()

    def kill(self) -> None:
        """The server is gone, without a word, and stays away."""
        os.kill(self.supervisor.pid("rooms"), 9)


@contextmanager
def running(
    folder: Path,
    webhook: str = "",
    *,
    place: Place | None = None,
    keys: Keys | None = None,
    max_age: str = "",
) -> Iterator[Server]:  # fmt: skip
    """A server that tells `webhook` of what happens. It is not started again when it dies.

    `max_age` ("1s"): how long a webhook may wait in line, in place of its own 30 seconds.
    """
    keys, where = keys or server.new_keys(), place or server.place()
    started = server.program(program(), folder, where, keys, webhook, restart=False)
    if max_age:
        path = Path(started.command[-1])
        told = json.loads(path.read_text())
        told["webhook"]["resource_url_notifier"] = {"max_age": max_age}
        path.write_text(json.dumps(told))
    with Supervisor([started], log_dir=folder) as supervisor:
        assert ready.wait_until(lambda: server.answers(where), 20), (folder / "rooms.log").read_text()
        standing = Server(where, keys, supervisor)
        try:
            yield standing
        finally:
            for person in standing.people:
                person.close()
            with suppress(KeyError, ProcessLookupError):
                standing.kill()  # asked to stop, it would wait for those whom it takes to be in
