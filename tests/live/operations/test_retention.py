"""What is kept, and for how long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from callboard.lib import clock
from callboard.lib.tenancy import organization_scope
from callboard.live import operations
from callboard.live.log import Line, append
from callboard.live.log.postgres import EPOCH, MICROSECOND


def write(organization: int, id_: str, kind: str, days: float) -> None:
    at = (clock.now() - timedelta(days=days) - EPOCH) // MICROSECOND
    with organization_scope(organization):
        append([Line(organization, "s-1", id_, kind, at, at, "ana")])


@pytest.mark.django_db(transaction=True)
def test_raw_reports_are_dropped_after_their_days_and_nothing_else_is(
    organization: Any, other_organization: Any, database_place: Any, admin_connection: Any
) -> None:
    for each in (organization.pk, other_organization.pk):
        write(each, f"{each}-old", "connection.report", 14.1)
        write(each, f"{each}-new", "connection.report", 13.9)
        write(each, f"{each}-joined", "participant.joined", 400)
    assert operations.drop_old_reports(database_place.logins.engine) == 2
    kept = admin_connection.execute("SELECT event_id FROM callboard_live_event ORDER BY seq").fetchall()
    assert [id_.partition("-")[2] for (id_,) in kept] == ["new", "joined"] * 2
    assert operations.drop_old_reports(database_place.logins.engine) == 0


@pytest.mark.django_db(transaction=True)
def test_not_even_the_engines_role_deletes_what_is_to_be_kept(organization: Any, database_place: Any) -> None:
    write(organization.pk, "e-1", "participant.joined", 400)
    with psycopg.connect(database_place.logins.engine) as connection:
        connection.execute("SELECT set_config('app.organization', %s, true)", [str(organization.pk)])
        with pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute("DELETE FROM callboard_live_event")
