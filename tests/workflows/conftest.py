"""The cast of the sessions' tests, a provider of rooms that can be told to fail, and running jobs by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from callboard.sessions.ports import MemoryProvider, ProviderFailed, RoomInfo, RoomOrder, providers
from tests.sessions.conftest import Cast
from tests.workflows.fleet import CAPABILITIES, KIND, Fleet


class Moody(MemoryProvider):
    """A provider in memory that fails as often as it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = 0
        self.asked = 0
        self.ended: list[str] = []

    def create_room(self, session: RoomOrder) -> RoomInfo:
        self.asked += 1
        if self.failures:
            self.failures -= 1
            raise ProviderFailed("The provider has no room to give now.")
        return super().create_room(session)

    def end_room(self, external_id: str) -> None:
        self.ended.append(external_id)
        super().end_room(external_id)


@pytest.fixture
def cast(in_organization: Any) -> Cast:
    return Cast()


@pytest.fixture
def provider() -> Iterator[Moody]:
    """Registered as "memory", which the cast's bookings name."""
    moody = Moody()
    providers.register("memory", moody)
    yield moody
    providers._known.pop("memory")


@pytest.fixture
def run_jobs(in_organization: Any) -> Callable[..., list[str]]:
    """Runs what is in line and due, until nothing is; answers the names, in order. Failures are raised."""

    def run(*, also_scheduled: bool = False) -> list[str]:
        ran: list[str] = []
        while True:
            waiting = ProcrastinateJob.objects.filter(status="todo").order_by("id")
            if not also_scheduled:
                waiting = waiting.filter(scheduled_at=None)
            job = waiting.first()
            if job is None:
                return ran
            # Read-only to Django's models by Procrastinate's design; taken out of the line by hand.
            _mark_done(job.pk)
            ran.append(job.task_name)
            app.tasks[job.task_name](**job.args)

    return run


def _mark_done(job: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job])


@pytest.fixture
def fleet(in_organization: Any) -> Iterator[Fleet]:
    """A kind of provider with servers, registered as "fleet"; none is set up yet."""
    servers = Fleet()
    providers.register_kind(KIND, CAPABILITIES, servers.open)
    yield servers
    providers._kinds.pop(KIND)
