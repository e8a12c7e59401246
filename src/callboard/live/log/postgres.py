"""The log in PostgreSQL: the filling that everybody starts with.

Its one advisory lock makes the order of `seq` the order of commits, so that "after
position n" misses nothing: a line that commits later always has a larger `seq`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connections, transaction

from callboard.lib import tenancy
from callboard.live.log.lines import CHANNEL, COLUMNS, LOCK, TABLE, Batch, Line, Stored, partition_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_INSERT = f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608
_MICROS = "(extract(epoch FROM {}) * 1000000)::bigint"
_READ_AS = ", ".join(_MICROS.format(name) if name in {"at", "received_at"} else name for name in COLUMNS)
_SELECT = f"SELECT seq, {_READ_AS} FROM {TABLE}"  # noqa: S608
_READ = f"{_SELECT} WHERE seq > %s AND partition = ANY(%s) AND seq <= %s ORDER BY seq LIMIT %s"
_OF_SESSION = f"{_SELECT} WHERE organization_id = %s AND session = %s AND seq <= %s ORDER BY seq"
_FOREVER = 2**63 - 1
_STANDS = "SELECT 1 FROM callboard_people_organization WHERE id = %s FOR KEY SHARE"
"""It is not deleted before this transaction is over."""


class PostgresLog:
    """The log on one of Django's databases.

    `append` needs an open transaction and writes within row-level security, for the organization in scope.
    Call it last: it takes the log's lock, which is held until the commit. Reading across organizations needs
    the engine's role.
    """

    def __init__(self, using: str = "default") -> None:
        self._using = using

    def append(self, lines: Sequence[Line]) -> None:
        if not lines:
            return
        connection = connections[self._using]
        if not connection.in_atomic_block:
            raise transaction.TransactionManagementError("the log is written in the transaction of the cause")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            cursor.executemany(_INSERT, [_row(line) for line in lines])
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])

    def read(self, positions: Mapping[int, int], limit: int) -> Batch:
        """One query over the partitions that are furthest behind, until they have caught up with the next."""
        if not positions:
            return Batch((), {})
        levels = sorted(set(positions.values()))
        base, until = levels[0], levels[1] if len(levels) > 1 else _FOREVER
        behind = [partition for partition, position in positions.items() if position == base]
        with connections[self._using].cursor() as cursor:
            cursor.execute(_READ, [base, behind, until, limit])
            lines = [_stored(row) for row in cursor.fetchall()]
        full = len(lines) == limit
        reached = lines[-1].position if full else until if len(levels) > 1 else _last(lines, base)
        return Batch(lines, {**positions, **dict.fromkeys(behind, reached)}, full or len(levels) > 1)

    def of_session(self, organization: int, session: str, until: int | None = None) -> Sequence[Stored]:
        with connections[self._using].cursor() as cursor:
            cursor.execute(_OF_SESSION, [organization, session, _FOREVER if until is None else until])
            return [_stored(row) for row in cursor.fetchall()]

    def end(self) -> int:
        """The position of the last committed line; 0 where there is none."""
        with connections[self._using].cursor() as cursor:
            cursor.execute(f"SELECT coalesce(max(seq), 0) FROM {TABLE}")  # noqa: S608
            return int(cursor.fetchone()[0])


def append(lines: Sequence[Line], using: str = "default") -> None:
    """Write lines of the organization in scope, in the open transaction; see PostgresLog. Of one that was
    deleted meanwhile nothing is written: the log has no foreign key that would refuse it.
    """
    organization = tenancy.current_organization()
    assert all(line.organization == organization for line in lines)
    if not lines:
        return
    with connections[using].cursor() as cursor:
        cursor.execute(_STANDS, [organization])
        if cursor.fetchone() is None:
            return
    PostgresLog(using).append(lines)


def _last(lines: Sequence[Stored], base: int) -> int:
    return lines[-1].position if lines else base


def _moment(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)


def _row(line: Line) -> tuple[Any, ...]:
    return (
        line.organization, partition_of(line.organization, line.session), line.session, line.id, line.kind,
        line.participant, _moment(line.at), _moment(line.received_at), line.mark, line.data,
    )  # fmt: skip


def _stored(row: tuple[Any, ...]) -> Stored:
    seq, organization, partition, session, id_, kind, participant, at, received_at, mark, data = row
    line = Line(organization, session, id_, kind, at, received_at, participant, data, mark)
    return Stored(seq, partition, line)
