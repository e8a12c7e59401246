"""What drills keep beside the product's tables: effects, and an outside provider's own books.

The tables have no keys that would hide a doubled effect: whoever acts twice is seen twice.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import psycopg

from callboard.sessions.ports import CREATE_ROOM, END_ROOM, Leave, RoomInfo, RoomOrder, Unable

TABLES = (
    "CREATE TABLE drill_effects (key text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())",
    "CREATE TABLE drill_rooms (session text PRIMARY KEY, external_id text NOT NULL, asked int NOT NULL)",
)


def create(owner_url: str) -> None:
    """Make the tables, as the schema's owner."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        for statement in TABLES:
            owner.execute(statement.encode())


class LedgerProvider(Unable):
    """A provider of rooms that keeps its books in the database, on connections of its own: what it did stays
    done when whoever asked is killed, as with a provider elsewhere.
    """

    capabilities = frozenset({CREATE_ROOM, END_ROOM})

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(os.environ["CALLBOARD_DATABASE_URL"], autocommit=True)

    def create_room(self, session: RoomOrder) -> RoomInfo:
        with self._connect() as books:
            row = books.execute(
                "INSERT INTO drill_rooms VALUES (%s, 'room-' || md5(random()::text), 1) "
                "ON CONFLICT (session) DO UPDATE SET asked = drill_rooms.asked + 1 RETURNING external_id",
                [session.key],
            ).fetchone()
        assert row is not None
        return RoomInfo(external_id=str(row[0]))

    def end_room(self, external_id: str) -> None:
        with self._connect() as books:
            books.execute("DELETE FROM drill_rooms WHERE external_id = %s", [external_id])

    def start_recording(self, leave: Leave) -> None:
        raise NotImplementedError

    def stop_recording(self, external_id: str) -> None:
        raise NotImplementedError

    def poll(self) -> Mapping[str, int]:
        return {}
