"""A booked session, and an owner of all partitions that is stepped by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg.types.range import TimestamptzRange

from callboard.lib import clock
from callboard.lib.tenancy import organization_scope
from callboard.live.log import Line, PlanLog, append
from callboard.live.log.postgres import PostgresLog
from callboard.live.runner import leases
from callboard.live.runner.owner import Owner
from callboard.live.runner.role import engine_role
from callboard.people.models import Person
from callboard.sessions.models import Participant, Session

START = datetime.fromisoformat("2026-03-02T16:00:00+00:00")


OWNERS: list[Owner] = []


@pytest.fixture
def at() -> Iterator[Callable[[float], None]]:
    """Sets the time, in seconds from the planned start."""
    virtual = clock.VirtualClock(START - timedelta(hours=1))

    def to(seconds: float) -> None:
        virtual.set(START + timedelta(seconds=seconds))

    with clock.using(virtual):
        yield to


@pytest.fixture
def engine(transactional_db: None, database_place: Any) -> Iterator[None]:
    """Django's default database, in the engine's role."""
    with engine_role(database_place.logins.engine):
        leases.make_missing()
        yield
        while OWNERS:  # what one still writes must not reach the next test's tables
            OWNERS.pop().snapshots.close()


@pytest.fixture
def owner(engine: None, at: Any) -> Owner:
    return new_owner()


def new_owner(**options: Any) -> Owner:
    """Another process, as far as the leases can tell."""
    owner = Owner(PostgresLog(), **options)
    owner.name = f"{owner.name}:{id(owner)}"
    OWNERS.append(owner)
    return owner


class School:
    """One organization with sessions of one instructor and one learner each, planned for START."""

    def __init__(self, organization: int) -> None:
        self.organization = organization
        self.count = 0

    def book(self, key: str = "s-1", minutes: int = 60, provider: str = "simulator") -> Session:
        ends = START + timedelta(minutes=minutes)
        with organization_scope(self.organization):
            session = Session.objects.create(
                key=key, title="Algebra", starts_at=START, ends_at=ends, provider=provider
            )
            seats = [
                Participant.objects.create(
                    session=session,
                    person=Person.objects.create(name=role, key=f"{key}-{role}"),
                    role=role,
                    busy=TimestamptzRange(START, ends),
                )
                for role in ("instructor", "learner")
            ]
            PlanLog().write_plan(session, seats, None)
        return session

    def happens(
        self, kind: str, seconds: float, who: str | None = None, session: str = "s-1", data: str = "{}",
        received: float | None = None,
    ) -> str:  # fmt: skip
        """Something happened, so many seconds after START."""
        self.count += 1
        start = int(START.timestamp() * 1_000_000)
        moment = start + int(seconds * 1_000_000)
        arrived = moment if received is None else start + int(received * 1_000_000)
        with organization_scope(self.organization):
            append([Line(self.organization, session, f"e-{self.count}", kind, moment, arrived, who, data)])
        return f"e-{self.count}"

    def arrive(self, seconds: float, session: str = "s-1", *roles: str) -> None:
        for role in roles or ("instructor", "learner"):
            self.happens("participant.joined", seconds, f"{session}-{role}", session)


@pytest.fixture
def school(engine: None, at: Any, organization: Any) -> School:
    return School(organization.pk)
