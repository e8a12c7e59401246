"""Bringing the simulated school up, and everything down again.

1. A folder of its own, the embedded server in it, and a database made anew.
2. The web server starts, while the schema is made and
3. the school is written round this very moment, and what has happened so far goes to the log.
4. The simulated provider, the engine and the worker start.
5. Once it answers, it says how to get in, books the rest of the day, writes the last days, and stays until
   it is interrupted.
Any failure or interruption on the way stops what was started.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TextIO

import click
from rich.console import Console

from callboard.cli import demo_rooms, failures, runtime, schema
from callboard.cli.rooms import program as livekit_program
from callboard.cli.serve import collect_static
from callboard.lib import garbage
from callboard.lib.postgres import statistics
from callboard.lib.postgres.embedded import EmbeddedServer
from callboard.lib.postgres.errors import DatabaseUnavailable
from callboard.lib.postgres.processes import free_port
from callboard.lib.postgres.provision import default_data_dir
from callboard.lib.processes import programs, ready
from callboard.lib.processes.supervisor import Program, Supervisor

if TYPE_CHECKING:
    from callboard.demo.school.population import School
    from callboard.demo.stage.build import Built

ANSWERS_WITHIN = 60.0  # seconds; on a slow machine it is late rather than nothing
CASES_WITHIN = 15.0  # seconds after the beginning up to which it waits for the first cases before it says so
HOST = "127.0.0.1"


def bring_up(
    *, as_json: bool, port: int, data_dir: Path | None, size: str, seed: int, pace: float,
    rooms: str = "simulated",
) -> None:  # fmt: skip
    """Run the demo until it is interrupted. Raises BadInput where the folder is in use, Failed."""
    say = _sayer()
    binary = livekit_program() if rooms == "livekit" else None
    port = runtime.listening_port(port)
    url = f"http://{HOST}:{port}"
    with _interruptible(), _folder(data_dir) as folder:
        _environment(folder, url)
        say("Starting the database")
        beside = ThreadPoolExecutor(1)
        school = beside.submit(_made_up, size, seed)
        beside.shutdown(wait=False)
        try:
            with EmbeddedServer(folder) as server:
                _show(
                    server, folder, port, url, say, school, as_json=as_json, pace=pace, size=size, seed=seed,
                    rooms=binary,
                )  # fmt: skip
        except DatabaseUnavailable as error:
            raise failures.Failed(str(error), code="database_unavailable") from error


def _show(
    server: EmbeddedServer, folder: Path, port: int, url: str, say: Callable[[str], None],
    school: Future[School], *, as_json: bool, size: str, seed: int, pace: float,
    rooms: Path | None,
) -> None:  # fmt: skip
    from callboard.demo.stage import database

    began = time.monotonic()
    logins, has_schema = database.fresh(server)
    os.environ.update(logins.environment())
    if not has_schema:
        say("Making the schema")
    with runtime.product(folder, migrated=False):
        from django.db import connections

        collect_static(folder)
        supervisor = Supervisor([programs.web(HOST, port)], log_dir=folder / "logs")
        with supervisor:
            if not has_schema:
                schema.bring_up_to_date()
                connections.close_all()
                database.keep_schema(server)
            from callboard.demo.stage import build, past

            with garbage.left():
                built = build.build(school.result(), size, seed, say, real=rooms is not None)
                built.day.pace = pace
                say("Telling what has happened so far")
                build.catch_up(logins.ingest, built)
            statistics.refresh(logins.owner)
            (folder / "day.json").write_bytes(built.day.kept())
            real = demo_rooms.beside(built, rooms, folder, url) if rooms is not None else ()
            for program in (*real, _provider(folder, built), programs.engine(), programs.worker()):
                supervisor.add(program)
            say("Waiting for it to answer")
            if not ready.wait_until(lambda: ready.answers(f"{url}/health/ready"), ANSWERS_WITHIN):
                raise failures.Failed(f"The demo did not answer on {url} within {ANSWERS_WITHIN:.0f} s.")
            _first_cases(built, began + CASES_WITHIN)
            connections.close_all()
            links = demo_rooms.links(built, url)
            _tell(built, url, logins.app, logins.owner, links, as_json=as_json)
            supervisor.heed_signals()
            build.book_later(built, lambda: supervisor.interrupted)
            if not supervisor.interrupted:
                past.write_past(built.organization, school.result(), build.now_ms(), seed)
            connections.close_all()
            supervisor.wait()
            say("Stopping")


def _environment(folder: Path, url: str) -> None:
    """What the product's processes are told, beside the database's URLs."""
    os.environ.update(
        CALLBOARD_DEMO="1",
        CALLBOARD_BASE_URL=url,
        CALLBOARD_DATA_DIR=str(folder),
        CALLBOARD_DEMO_PROVIDER=f"http://{HOST}:{free_port()}",
        CALLBOARD_DEMO_TOKEN=secrets.token_urlsafe(24),
    )
    for name in ("no_proxy", "NO_PROXY"):  # whatever lies between this machine and the world, not between us
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), HOST, "localhost")))
    os.environ.pop("DATABASE_URL", None)  # a demo never touches a server of one's own


def _provider(folder: Path, built: Built) -> Program:
    environment = {
        "CALLBOARD_DEMO_ORGANIZATION": str(built.organization),
        "CALLBOARD_DEMO_KEY": built.entrances.events_key,
    }
    return Program("provider", programs.command("demo", "provider", "--data-dir", str(folder)), environment)


def _made_up(size: str, seed: int) -> School:
    """Who there is: made up while the database starts."""
    from callboard.demo.stage.day import school_of

    return school_of(size, seed)


def _first_cases(built: Built, deadline: float) -> None:
    """Wait a moment for the engine to have caught up, and let colleagues have taken a few cases."""
    from callboard.cases.models import Case
    from callboard.demo.provider.colleagues import Colleagues
    from callboard.demo.stage.day import LIVE
    from callboard.lib.tenancy import organization_scope

    def there_are() -> bool:
        with organization_scope(built.organization):
            return Case.objects.exists()

    while not there_are():
        if time.monotonic() > deadline:
            return
        time.sleep(0.1)
    Colleagues(built.organization, LIVE[built.day.size]).begin()


def _tell(
    built: Built, url: str, app_url: str, owner_url: str, links: dict[str, str], *, as_json: bool
) -> None:
    from callboard.demo.tickets import ticket

    logins = {
        role: f"{url}/demo/login/{ticket(built.entrances.logins[role])}"
        for role in ("admin", "coordinator", "instructor", "guardian", "student")
    }
    if as_json:
        document = {
            "url": url,
            "login_url": logins["coordinator"],
            "logins": logins,
            "api_url": f"{url}/api",
            "api_key": built.entrances.api_key,
            "database_url": app_url,
            "owner_database_url": owner_url,
            **({"rooms": links} if links else {}),
        }
        click.echo(json.dumps(document))
        return
    click.echo("\nCallboard is up. Come in as its coordinator:")
    click.echo(f"\n  {logins['coordinator']}\n")
    if links:
        click.echo("A lesson in a real room; open each link in a tab of its own:\n")
        click.echo(
            f"  its instructor  {links['instructor_link']}\n  a student       {links['student_link']}\n"
        )
    click.echo(f"How often things go wrong: {url}/demo/pace. Ctrl-C ends it all.")


def _sayer() -> Callable[[str], None]:
    """Tells each step on standard error, with the seconds gone by."""
    console, began = Console(stderr=True), time.monotonic()

    def say(text: str) -> None:
        console.print(f"[dim]{time.monotonic() - began:5.1f} s[/]  {text}", highlight=False)

    return say


@contextmanager
def _interruptible() -> Iterator[None]:
    """Until the school is up, a signal to end unwinds what was begun; a second one changes nothing."""

    def interrupt(_signum: int, _frame: FrameType | None) -> None:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, signal.SIG_IGN)
        raise KeyboardInterrupt

    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, interrupt)
    yield


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """The demo's folder, held for itself alone: the one given, else its usual one, else a throwaway."""
    usual = default_data_dir()
    folder = (given or usual.with_name(f"{usual.name}-demo")).expanduser().absolute()
    lock = _held(folder)
    if lock is None and given is not None:
        raise failures.BadInput(f"Another demo runs in {folder}.", code="in_use", file=str(folder))
    if lock is not None:
        with lock:
            yield folder
        return
    throwaway = Path(tempfile.mkdtemp(prefix="callboard-demo-"))
    try:
        yield throwaway
        EmbeddedServer(throwaway).destroy()
    finally:
        shutil.rmtree(throwaway, ignore_errors=True)


def _held(folder: Path) -> TextIO | None:
    """The folder's lock, or None where another demo has it, or it cannot be used."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The embedded server takes a folder for its own only while that is empty: so the lock lies beside it.
        lock = folder.with_name(f"{folder.name}.lock").open("a+")
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock
