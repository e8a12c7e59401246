"""Upgraded under load: old and new processes side by side on one database, and nobody notices.

The old version is the commit before the one that last added a migration, as it stands in the history. It
makes the database and a school, and works on them while the new version takes over.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from callboard.lib import clock
from callboard.lib.postgres.processes import free_port
from callboard.lib.processes import programs
from callboard.lib.processes.ready import answers, wait_until
from tests.support.database import CHECKOUT, Place, another_database

pytestmark = pytest.mark.killing

MIGRATIONS = ":(glob)src/callboard/**/migrations/0*.py"
PAUSE = 0.3  # seconds between what each asks
WITHIN = 120.0

SCHOOL = """
import json, sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from callboard.cli import runtime

with runtime.product(Path(sys.argv[1]), migrated=False):
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from callboard.lib import clock
    from callboard.lib.tenancy import organization_scope
    from callboard.people import operations as people
    from callboard.people.access import SCOPES
    from callboard.sessions import operations as sessions

    admin = people.bootstrap_admin("ana@maple.example", "correct-horse-battery", organization="Maple")
    with organization_scope(admin.organization_id):
        marta, joan = people.create_people([
            people.Draft(name="Marta Vidal", key="marta", skills=["algebra:8"]),
            people.Draft(name="Joan Serra", key="joan", level="8"),
        ])
        begins = clock.now() - timedelta(minutes=1)
        sessions.book(sessions.Booking(
            title="Algebra", instructor=marta.pk, learners=[joan.pk], key="s-1", provider="drill",
            starts_at=begins, ends_at=begins + timedelta(hours=2),
        ))
        _key, token = people.create_api_key("Tests", sorted(SCOPES))
    login = import_module(settings.SESSION_ENGINE).SessionStore()
    login[SESSION_KEY] = str(admin.user.pk)
    login[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    login[HASH_SESSION_KEY] = admin.user.get_session_auth_hash()
    login.save()
    cookie = f"{settings.SESSION_COOKIE_NAME}={login.session_key}"
    print(json.dumps({"token": token, "cookie": cookie}))
"""


def git(*words: str) -> bytes:
    done = subprocess.run(["git", "-C", str(CHECKOUT), *words], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"needs the history of this checkout: {done.stderr.decode().strip()}")
    return done.stdout


def commit_before_the_newest_migration() -> str:
    if git("rev-parse", "--is-shallow-repository").strip() == b"true":
        pytest.skip("needs the history of this checkout, and it is cut short (git fetch --unshallow)")
    last = git("log", "-1", "--format=%H", "--diff-filter=A", "--", MIGRATIONS).decode().strip()
    return git("rev-parse", f"{last}^").decode().strip()


@dataclass
class Version:
    """A tree of the product, and the processes of it that run."""

    source: Path
    environment: dict[str, str]
    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    def do(self, command: Sequence[str]) -> bytes:
        done = subprocess.run(
            command, env=self._environment(), cwd=self.folder, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def migrate(self, *options: str) -> Any:
        return json.loads(
            self.do([*programs.command("migrate"), "--data-dir", str(self.folder), *options, "--json"])
        )

    def begin(self, name: str, command: Sequence[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, env=self._environment(), cwd=self.folder, stdout=log, stderr=log
            )

    def begin_both(self) -> None:
        """Web and engine, until the web answers; it may be ready only once an engine owns all."""
        self.begin("engine", [*programs.command("engine"), "--data-dir", str(self.folder)])
        self.begin("web", programs.web("127.0.0.1", self.port).command)
        assert wait_until(lambda: answers(f"{self.url}/health/ready"), WITHIN), self.said()

    def end(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        self.running.clear()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def said(self) -> str:
        return "\n".join(path.read_text()[-2_000:] for path in self.folder.glob("*.log"))

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment, "PYTHONPATH": str(self.source)}


@dataclass
class Load:
    """What asks all the while, in turns, of each web process that is in the balancer's list."""

    headers: dict[str, str]
    """By the API's key and by a browser's login."""
    webs: list[str]
    over: threading.Event = field(default_factory=threading.Event)
    acknowledged: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    booked: list[str] = field(default_factory=list)
    answered: Counter[tuple[str, str]] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def __enter__(self) -> Load:
        self._threads = [threading.Thread(target=each) for each in (self._send, self._read, self._write)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join()

    def until_served_by(self, *webs: str, times: int = 3) -> None:
        """Until each kind of asking was answered so often more by each of them."""
        wanted = {(web, kind): self.answered[web, kind] + times for web in webs for kind in KINDS}
        enough = wait_until(
            lambda: all(self.answered[each] >= times for each, times in wanted.items()),
            WITHIN,
            unless=lambda: bool(self.failed),
        )
        assert enough, self.failed or self.answered

    def _turns(self) -> Iterator[tuple[int, str]]:
        turn = 0
        while not self.over.wait(PAUSE):
            webs = self.webs  # replaced whole by who balances
            yield turn, webs[turn % len(webs)]
            turn += 1

    def _ask(self, client: httpx.Client, method: str, url: str, **more: Any) -> bool:
        """Whether it was answered as it should be; if not, that is noted."""
        try:
            answer = client.request(method, url, headers=self.headers, **more)
        except httpx.TransportError as error:
            self.failed.append(f"{method} {url}: {type(error).__name__}")
            return False
        if not answer.is_success:
            self.failed.append(f"{method} {url}: {answer.status_code} {answer.text[:500]}")
        return answer.is_success

    def _send(self) -> None:
        with httpx.Client(timeout=WITHIN) as client:
            for turn, web in self._turns():
                stranger = f"stranger-{turn}"
                about: dict[str, Any] = {
                    "session": "s-1",
                    "at": clock.now().isoformat(),
                    "participant": stranger,
                }
                batch: list[dict[str, Any]] = [{"id": f"e-{turn}", "kind": "participant.joined", **about}]
                batch += [
                    {"id": f"e-{turn}-{n}", "kind": "connection.report", "data": REPORT, **about}
                    for n in range(REPORTS)
                ]
                if self._ask(client, "POST", f"{web}/api/v1/events", json=batch):
                    self.acknowledged += [each["id"] for each in batch]
                    self.strangers.append(stranger)
                    self.answered[web, "send"] += 1

    def _read(self) -> None:
        with httpx.Client(timeout=WITHIN) as client:
            for turn, web in self._turns():
                if self._ask(client, "GET", f"{web}{PAGES[turn % len(PAGES)]}"):
                    self.answered[web, "read"] += 1

    def _write(self) -> None:
        """Into tables that have just been changed, too, as the old version knows them."""
        begins = clock.now() + timedelta(days=30)
        with httpx.Client(timeout=WITHIN) as client:
            for turn, web in self._turns():
                person = {"name": "Pau Riba", "key": f"p-{turn}", "student": True}
                at = begins + timedelta(hours=2 * turn)
                session = {
                    "title": "Algebra",
                    "key": f"w-{turn}",
                    "instructor": "marta",
                    "learners": [f"p-{turn}"],
                    "starts_at": at.isoformat(),
                    "ends_at": (at + timedelta(hours=1)).isoformat(),
                }
                if self._ask(client, "POST", f"{web}/api/v1/people", json=person) and self._ask(
                    client, "POST", f"{web}/api/v1/sessions", json=session
                ):
                    self.booked.append(f"w-{turn}")
                    self.answered[web, "write"] += 1


KINDS = ("send", "read", "write")
PAGES = ("/queue/", "/api/v1/cases", "/wall/", "/api/v1/people", "/sessions/s-1/", "/api/v1/sessions")
REPORT = {"interval": 10, "direction": "up", "loss": 0.0, "jitter_ms": 5, "rtt_ms": 40}
REPORTS = 4


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source of the version before, as it was."""
    tree = git("archive", commit_before_the_newest_migration(), "src")
    folder = tmp_path_factory.mktemp("former")
    with tarfile.open(fileobj=BytesIO(tree)) as archive:
        archive.extractall(folder, filter="data")
    built = CHECKOUT / "src" / "callboard" / "web" / "static" / "dist"
    if built.is_dir():
        shutil.copytree(built, folder / built.relative_to(CHECKOUT))
    return folder / "src"


@pytest.fixture
def place() -> Iterator[Place]:
    with another_database(empty=True) as one:
        yield one


@pytest.fixture
def versions(place: Place, former: Path, tmp_path: Path) -> Iterator[tuple[Version, Version]]:
    environment = {
        **place.logins.environment(),
        "CALLBOARD_DATA_DIR": str(tmp_path),
        "CALLBOARD_SECRET_KEY": "both-versions-are-given-the-same-key-of-course",
        "CALLBOARD_LOG_LEVEL": "WARNING",
    }
    both = (
        Version(former, environment, tmp_path / "old"),
        Version(CHECKOUT / "src", environment, tmp_path / "new"),
    )
    for version in both:
        version.folder.mkdir()
    yield both
    for version in both:
        version.end()


def rows(place: Place, statement: str) -> list[Any]:
    with psycopg.connect(place.admin, autocommit=True) as admin:
        return admin.execute(statement.encode()).fetchall()


def owners(place: Place) -> set[str]:
    found = rows(
        place, "SELECT owner FROM callboard_live_partitionlease WHERE held_until > clock_timestamp()"
    )
    return {row[0].rpartition(":")[2] for row in found}


def test_old_and_new_work_side_by_side_and_nothing_is_lost_doubled_or_refused(
    place: Place, versions: tuple[Version, Version]
) -> None:
    old, new = versions
    old.migrate()
    assert b"/former" in old.do([sys.executable, "-c", "import callboard; print(callboard.__file__)"])
    school = json.loads(old.do([sys.executable, "-c", SCHOOL, str(old.folder)]))
    old.begin_both()
    headers = {"Authorization": f"Bearer {school['token']}", "Cookie": school["cookie"]}
    with Load(headers, [old.url]) as load:
        load.until_served_by(old.url)

        told = new.migrate("--before")
        assert [*told["applied"], *told["pending"]["after"]], "there was something to do"
        assert (told["pending"]["before"], told["pending"]["held"]) == ([], [])
        load.until_served_by(old.url)

        new.begin_both()
        load.webs = [old.url, new.url]
        load.until_served_by(old.url, new.url)

        load.webs = [new.url]
        load.until_served_by(new.url, times=2)  # whoever was still asking the old one has been answered
        engine = new.running["engine"].pid
        old.end()
        assert wait_until(lambda: owners(place) == {str(engine)}, WITHIN), new.said()

        assert not any(new.migrate()["pending"].values())
        load.until_served_by(new.url, times=len(PAGES))
    assert load.failed == []

    cases = (
        "SELECT participant, count(*) FROM callboard_cases_case WHERE kind = 'stranger' GROUP BY participant"
    )
    wait_until(lambda: len(rows(place, cases)) >= len(load.strangers), WITHIN)
    assert dict(rows(place, cases)) == dict.fromkeys(load.strangers, 1)
    logged = Counter(row[0] for row in rows(place, "SELECT event_id FROM callboard_live_event"))
    assert {each: logged[each] for each in load.acknowledged} == dict.fromkeys(load.acknowledged, 1)
    booked = {row[0] for row in rows(place, "SELECT key FROM callboard_sessions_session")}
    assert booked == {"s-1", *load.booked}
    erring = rows(place, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
    assert erring == [(0,)]
