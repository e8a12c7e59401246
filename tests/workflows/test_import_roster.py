"""An import whose worker is killed, in its midst and just after its commit: all of it, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from callboard.lib.tenancy import organization_scope
from callboard.people.import_models import Import
from callboard.people.models import Consent, ConsentWord, Guardianship, Organization, Person
from callboard.people.operations import imports
from tests.people.cast import access

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.killing]

FILE = """id,name,grade,recording,guardian name,guardian email
s-1,Joan Serra,8,yes,Paula Serra,paula@serra.example
s-2,Iris Serra,6,no,Paula Serra,paula@serra.example
"""
ENOUGH = 300.0
"""Seconds that a busy machine may take."""

Start = Callable[[str], "subprocess.Popen[bytes]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a worker that dies at a point; whichever is left is killed at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(crash_at: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "CALLBOARD_CRASH_AT": crash_at}
        started.append(subprocess.Popen([sys.executable, "-m", "tests.lib.jobs.cast"], env=environment))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


def written(organization: Organization) -> tuple[int, ...]:
    with organization_scope(organization.pk):
        return (
            Person.objects.count(),
            Guardianship.objects.count(),
            Consent.objects.count(),
            ConsentWord.objects.count(),
        )


def test_killed_twice_it_is_there_whole_and_once(
    organization: Organization, start: Start, owner_connection: psycopg.Connection[Any]
) -> None:
    nora = access(organization, "coordinator", "nora@maple.example")
    with organization_scope(organization.pk):
        row = imports.put_in(nora, "people", FILE.encode(), "roster.csv")
        imports.ask_check(nora, row.pk, here=True)
    imports.run(organization.pk, row.pk)
    with organization_scope(organization.pk):
        imports.ask_write(nora, row.pk)

    def status() -> str:
        with organization_scope(organization.pk):
            return str(Import.objects.get(pk=row.pk).status)

    assert start("import.written").wait(ENOUGH) == -signal.SIGKILL
    assert (status(), written(organization)) == ("writing", (0, 0, 0, 0))

    assert start("import.done").wait(ENOUGH) == -signal.SIGKILL
    assert (status(), written(organization)) == ("done", (3, 2, 1, 2))

    start("")
    until = time.monotonic() + ENOUGH
    while _job(owner_connection) != ("succeeded", 2):
        assert time.monotonic() < until, "nobody took the job up again"
        time.sleep(0.1)
    assert (status(), written(organization)) == ("done", (3, 2, 1, 2))


def _job(connection: psycopg.Connection[Any]) -> tuple[str, int]:
    """Its state, and how often it was taken from a worker that had died."""
    found = connection.execute(
        "SELECT status::text, (SELECT count(*) FROM procrastinate_events WHERE job_id = j.id"
        " AND type = 'deferred_for_retry') FROM procrastinate_jobs AS j"
        " WHERE task_name = 'callboard.workflows.import_roster.asked'"
    ).fetchone()
    assert found is not None
    return found[0], int(found[1])
