"""Someone's id in the evidence gives way to another, as erasing them demands: the log's one change.

1. The log is looked through in stretches. In sessions that are long over, which no engine has in mind, their
   lines are changed then and there: a run that is killed has done what it has done, and the next goes on.
2. The rest in one transaction, as an owner of the partitions would: their leases get a new epoch, so that
   whoever has them writes nothing any more and begins anew; lines, snapshots and what the overseer is told
   are changed together. Whoever takes the partitions next comes to the same state, under the other name.
3. What is kept of closed sessions is changed likewise, one row at a time.
A trigger in the database sees to it that only ids change, and only while somebody is being erased.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import psycopg

from callboard.lib import clock, crash, tenancy
from callboard.lib.redaction import Redaction, split_ids, tells
from callboard.live.engine.renaming import renamed, renamed_signals
from callboard.live.log.lines import TABLE, partition_of
from callboard.live.models import Signals

STRETCH = 200_000
"""Lines of the log, of whatever organization, that one look goes through."""
SETTLED = timedelta(days=2)
"""A session without a line for so long is in no engine's mind."""
OVERSEER = -1

_END = f"SELECT coalesce(max(seq), 0) FROM {TABLE}"  # noqa: S608 - names of ours alone
_NAMED = "(participant = %(old)s OR strpos(event_id, %(sought)s) > 0 OR strpos(data, %(sought)s) > 0)"
_FIND = f"""
SELECT session FROM {TABLE} WHERE organization_id = %(organization)s AND seq > %(after)s AND seq <= %(until)s
AND {_NAMED} GROUP BY 1
"""  # noqa: S608
_LAST = f"SELECT max(received_at) FROM {TABLE} WHERE organization_id = %s AND session = %s"  # noqa: S608
_CHANGE = f"""
UPDATE {TABLE} SET participant = CASE WHEN participant = %(old)s THEN %(new)s ELSE participant END,
    event_id = regexp_replace(event_id, %(pattern)s, %(put)s, 'g'),
    data = regexp_replace(data, %(pattern)s, %(put)s, 'g')
WHERE organization_id = %(organization)s AND session = ANY(%(sessions)s) AND {_NAMED}
"""  # noqa: S608
_MAKE = """
INSERT INTO callboard_live_partitionlease (partition, epoch, owner, position, judged_until)
SELECT p, 0, '', 0, 0 FROM unnest(%s::smallint[]) p ON CONFLICT DO NOTHING
"""
_TAKE = """
UPDATE callboard_live_partitionlease SET epoch = epoch + 1, owner = '', held_until = NULL
WHERE partition = ANY(%s) RETURNING partition, epoch
"""
_LOCK = "SELECT FROM callboard_live_partitionlease WHERE partition = ANY(%s) ORDER BY partition FOR UPDATE"


def rename(engine_url: str, organization: int, keys: Mapping[str, str]) -> int:
    """`keys`: new ids by old. Answers how many lines, snapshots and kept sessions were changed.

    On a connection of its own in the engine's role. Right to be run again from the start at any time.
    """
    count = 0
    with psycopg.connect(engine_url, autocommit=True) as connection:
        held: set[str] = set()
        for session in _sessions(connection, organization, keys):
            last = connection.execute(_LAST, [organization, session]).fetchone()
            if last is not None and last[0] is not None and last[0] > clock.now() - SETTLED:
                held.add(session)
                continue
            with connection.transaction():
                enter(connection, organization)
                count += _change(connection, organization, [session], keys)
            crash.point("erase_person.in_the_log")
        count += _change_held(connection, organization, held, keys)
    return count + _change_signals(organization, keys)


def _sessions(
    connection: psycopg.Connection[Any], organization: int, keys: Mapping[str, str]
) -> Iterator[str]:
    """Those whose lines name them, each once."""
    end = connection.execute(_END).fetchone()
    known: set[str] = set()
    for after in range(0, (end[0] if end else 0) + 1, STRETCH):
        found: set[str] = set()
        for old, new in keys.items():
            values = {"organization": organization, "after": after, "until": after + STRETCH,
                      **_sought(old, new)}  # fmt: skip
            found |= {row[0] for row in connection.execute(_FIND, values).fetchall()}
        yield from sorted(found - known)
        known |= found


def _change(
    connection: psycopg.Connection[Any], organization: int, sessions: Collection[str], keys: Mapping[str, str]
) -> int:
    count = 0
    for old, new in keys.items():
        values = {"organization": organization, "sessions": list(sessions), **_sought(old, new)}
        count += connection.execute(_CHANGE, values).rowcount
    return count


def _change_held(
    connection: psycopg.Connection[Any], organization: int, sessions: set[str], keys: Mapping[str, str]
) -> int:
    redaction = _redaction(keys)
    with connection.transaction():
        enter(connection, organization)
        partitions = {partition_of(organization, session) for session in sessions}
        partitions |= _partitions_with(connection, keys)
        if not partitions:
            return 0
        wanted = sorted({OVERSEER, *partitions})
        epochs = take(connection, wanted)
        count = _change(connection, organization, sessions, keys)
        crash.point("erase_person.in_the_snapshots")
        count += change_bytes(connection, epochs, lambda state: renamed(state, organization, redaction.text))
    return count


def take(connection: psycopg.Connection[Any], partitions: Sequence[int]) -> dict[int, int]:
    """The partitions' leases for the rest of the transaction, with an epoch that ends their owners' work."""
    connection.execute(_MAKE, [list(partitions)])
    connection.execute(_LOCK, [list(partitions)])
    return dict(connection.execute(_TAKE, [list(partitions)]).fetchall())


def _partitions_with(connection: psycopg.Connection[Any], keys: Mapping[str, str]) -> set[int]:
    """Of which the snapshot, or what was told, has one of them."""
    found: set[int] = set()
    for old in keys:
        for table, column in (("enginesnapshot", "state"), ("sighting", "data")):
            rows = connection.execute(
                f"SELECT partition FROM callboard_live_{table} "  # noqa: S608
                f"WHERE position(%s::bytea in {column}) > 0",
                [old.encode() if tells(old) else msgspec.msgpack.encode(old)],
            )
            found |= {row[0] for row in rows.fetchall()}
    return found


def change_bytes(
    connection: psycopg.Connection[Any],
    epochs: Mapping[int, int],
    change: Callable[[bytes], bytes],
) -> int:
    """A snapshot that cannot be read is of no use to an engine either, and goes."""
    count = 0
    for partition, epoch in epochs.items():
        found = connection.execute(
            "SELECT state FROM callboard_live_enginesnapshot WHERE partition = %s FOR UPDATE", [partition]
        ).fetchone()
        if found is not None:
            try:
                state = change(bytes(found[0]))
            except ValueError:
                connection.execute(
                    "DELETE FROM callboard_live_enginesnapshot WHERE partition = %s", [partition]
                )
            else:
                connection.execute(
                    "UPDATE callboard_live_enginesnapshot SET state = %s, epoch = %s WHERE partition = %s",
                    [state, epoch, partition],
                )
            count += 1
    told = connection.execute(
        "SELECT id, data FROM callboard_live_sighting WHERE partition = ANY(%s) FOR UPDATE", [list(epochs)]
    )
    for id_, data in told.fetchall():
        connection.execute(
            "UPDATE callboard_live_sighting SET data = %s WHERE id = %s",
            [change(bytes(data)), id_],
        )
    return count


def _change_signals(organization: int, keys: Mapping[str, str]) -> int:
    redaction, count = _redaction(keys), 0
    with tenancy.organization_scope(organization):
        rows = list(Signals.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(rows), 200):
        with tenancy.organization_scope(organization):
            for row in Signals.objects.filter(pk__in=rows[start : start + 200]).select_for_update():
                try:
                    data = renamed_signals(bytes(row.data), redaction.text)
                except ValueError:
                    continue
                if data != bytes(row.data):
                    Signals.objects.filter(pk=row.pk).update(data=data)
                    count += 1
    return count


def enter(connection: psycopg.Connection[Any], organization: int) -> None:
    connection.execute("SELECT set_config('app.organization', %s, true)", [str(organization)])


def _redaction(keys: Mapping[str, str]) -> Redaction:
    telling, plain = split_ids(keys)
    return Redaction(telling, plain=plain)


def _sought(old: str, new: str) -> dict[str, str]:
    """An id that could be anything else, such as "7", is sought as a whole text of JSON alone: between digits
    of a figure, or in the id of an event, it is not theirs.
    """
    if tells(old):
        pattern = rf"(?<![[:alnum:]_]){re.escape(old)}(?![[:alnum:]_])"
        return {"old": old, "new": new, "sought": old, "pattern": pattern, "put": new}
    whole = f'"{old}"'
    return {"old": old, "new": new, "sought": whole, "pattern": re.escape(whole), "put": f'"{new}"'}
