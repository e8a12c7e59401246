"""Both fillings of the log keep the same contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import transaction

from callboard.lib.postgres.provision import Logins
from callboard.lib.tenancy import organization_scope
from callboard.live.log import Line, MemoryLog, PostgresLog, partition_of
from callboard.live.partitions import PARTITIONS
from callboard.live.ports import EventLog

pytestmark = pytest.mark.django_db(transaction=True)

ALL = dict.fromkeys(range(PARTITIONS), 0)


@contextmanager
def as_engine(logins: Logins) -> Iterator[None]:
    """Django's default database, in the engine's role."""
    from callboard.live.runner.role import engine_role

    with engine_role(logins.engine):
        yield


@pytest.fixture(params=["memory", "postgres"])
def log(request: pytest.FixtureRequest) -> Iterator[EventLog]:
    if request.param == "memory":
        yield MemoryLog()
        return
    place = request.getfixturevalue("database_place")
    with as_engine(place.logins):
        yield PostgresLog()


def line(number: int, session: str = "s-1", organization: int = 7) -> Line:
    at = number * 1_000_000
    return Line(organization, session, f"e-{number}", "room.ready", at, at + 5)


def write(log: EventLog, *lines: Line) -> None:
    for one in lines:
        with transaction.atomic(), organization_scope(one.organization):
            log.append([one])


def ids(log: EventLog, positions: dict[int, int]) -> list[str]:
    return [stored.line.id for stored in log.read(positions, 100).lines]


def test_lines_come_back_as_they_were_written(log: EventLog) -> None:
    full = Line(7, "s-1", "e-1", "speech", 1_500_001, 2_000_000, "ana", '{"ends_at":"x"}', "past")
    write(log, full)
    batch = log.read(ALL, 10)
    assert [stored.line for stored in batch.lines] == [full]
    assert batch.lines[0].partition == partition_of(7, "s-1")


def test_reading_goes_on_after_the_position_that_was_reached(log: EventLog) -> None:
    write(log, line(1), line(2))
    first = log.read(ALL, 10)
    assert log.read(first.positions, 10).lines == type(first.lines)()
    write(log, line(3))
    assert [stored.line.id for stored in log.read(first.positions, 10).lines] == ["e-3"]


def test_a_full_batch_says_so_and_nothing_is_lost_after_it(log: EventLog) -> None:
    write(log, *(line(number, f"s-{number}") for number in range(10)))
    positions: dict[int, int] = dict(ALL)
    seen: list[str] = []
    for _ in range(20):
        batch = log.read(positions, 3)
        seen += [stored.line.id for stored in batch.lines]
        positions = dict(batch.positions)
        if not batch.full:
            break
    assert sorted(seen) == [f"e-{number}" for number in range(10)]


def test_a_partition_that_is_behind_catches_up_and_reads_nothing_twice(log: EventLog) -> None:
    sessions = [f"s-{number}" for number in range(12)]
    write(log, *(line(number, session) for number, session in enumerate(sessions)))
    behind = partition_of(7, sessions[0])
    ahead = {**log.read(ALL, 100).positions, behind: 0}
    seen: list[str] = []
    for _ in range(10):
        batch = log.read(ahead, 100)
        seen += [stored.line.id for stored in batch.lines]
        ahead = dict(batch.positions)
        if not batch.full:
            break
    expected = [f"e-{n}" for n, session in enumerate(sessions) if partition_of(7, session) == behind]
    assert seen == expected


def test_only_the_partitions_asked_for_are_read(log: EventLog) -> None:
    write(log, *(line(number, f"s-{number}") for number in range(20)))
    mine = partition_of(7, "s-3")
    batch = log.read({mine: 0}, 100)
    assert {stored.partition for stored in batch.lines} == {mine}
    assert "e-3" in [stored.line.id for stored in batch.lines]


def test_a_session_is_read_whole_or_up_to_a_position(log: EventLog) -> None:
    write(log, line(1), line(2, "s-2"), line(3), line(4, organization=8))
    found = log.of_session(7, "s-1")
    assert [stored.line.id for stored in found] == ["e-1", "e-3"]
    assert [stored.line.id for stored in log.of_session(7, "s-1", found[0].position)] == ["e-1"]


def test_a_reader_never_passes_a_line_that_is_not_yet_committed(
    database_place: Any, in_two: Callable[..., Any]
) -> None:
    """A writer that is slow to commit holds the lock, so a later one cannot be seen before it."""
    slow, quick, reader = in_two(3)
    with organization_role(slow, 7), organization_role(quick, 7):
        slow.execute("SELECT pg_advisory_xact_lock(%s)", [0x43616C6C6C6F67])
        insert(slow, "e-1")
        quick.execute("SET LOCAL lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            quick.execute("SELECT pg_advisory_xact_lock(%s)", [0x43616C6C6C6F67])
    quick.rollback()
    slow.commit()
    assert reader.execute("SELECT count(*) FROM callboard_live_event").fetchone() == (1,)


def test_the_log_cannot_be_changed_or_emptied_by_the_application(in_two: Callable[..., Any]) -> None:
    (connection,) = in_two(1)
    for statement in (
        "UPDATE callboard_live_event SET kind = 'x'",
        "DELETE FROM callboard_live_event",
        "TRUNCATE callboard_live_event",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
        connection.rollback()


@pytest.fixture
def in_two(database_place: Any) -> Iterator[Callable[[int], list[psycopg.Connection[Any]]]]:
    """Connections of the application's role (the last of several: the superuser's)."""
    opened: list[psycopg.Connection[Any]] = []

    def connect(count: int) -> list[psycopg.Connection[Any]]:
        for index in range(count):
            url = database_place.admin if count > 1 and index == count - 1 else database_place.logins.app
            opened.append(psycopg.connect(url))
        return opened

    yield connect
    for connection in opened:
        connection.close()


@contextmanager
def organization_role(connection: psycopg.Connection[Any], organization: int) -> Iterator[None]:
    connection.execute("SELECT set_config('app.organization', %s, true)", [str(organization)])
    yield


def insert(connection: psycopg.Connection[Any], event: str) -> None:
    connection.execute(
        "INSERT INTO callboard_live_event (organization_id, partition, session, event_id, kind, at, "
        "received_at, mark, data) VALUES (7, 0, 's', %s, 'room.ready', now(), now(), '', '{}')",
        [event],
    )
