"""An index is built beside people at work, also at the second try."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError, connections, migrations, models
from django.db.migrations.state import ProjectState

from callboard.lib.tables import BuildIndex

pytestmark = pytest.mark.django_db(databases=["owner"], transaction=True)


INDEX = BuildIndex("boat", models.Index(fields=["berth"], name="made_by_berth"))


@pytest.fixture
def boats(owner_connection: psycopg.Connection) -> Iterator[ProjectState]:
    state = ProjectState()
    table = migrations.CreateModel(
        "Boat", [("id", models.BigAutoField(primary_key=True)), ("berth", models.IntegerField(null=True))]
    )
    table.state_forwards("made", state)
    owner_connection.execute("CREATE TABLE made_boat (id bigserial PRIMARY KEY, berth int)")
    yield state
    owner_connection.execute("DROP TABLE made_boat")


def build(state: ProjectState) -> None:
    after = state.clone()
    INDEX.state_forwards("made", after)
    with connections["owner"].schema_editor(atomic=False) as editor:
        INDEX.database_forwards("made", editor, state, after)


def is_valid(connection: psycopg.Connection) -> list[tuple[bool]]:
    found = connection.execute(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('made_by_berth')"
    )
    return found.fetchall()


def test_an_index_whose_building_was_cut_short_is_built_at_the_next_try(
    boats: ProjectState, owner_connection: psycopg.Connection, database_place: object
) -> None:
    with psycopg.connect(owner_connection.info.dsn, password=owner_connection.info.password) as beside:
        beside.execute("INSERT INTO made_boat (berth) VALUES (7)")  # and stays open: the build waits for it
        with connections["owner"].cursor() as cursor:
            cursor.execute("SET statement_timeout = 200")
        with pytest.raises(OperationalError, match="statement timeout"):
            build(boats)
        assert is_valid(owner_connection) == [(False,)]
    with connections["owner"].cursor() as cursor:
        cursor.execute("RESET statement_timeout")
    build(boats)
    assert is_valid(owner_connection) == [(True,)]
    build(boats)  # killed before the migration was noted as applied
    assert is_valid(owner_connection) == [(True,)]
