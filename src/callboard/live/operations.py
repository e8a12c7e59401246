"""Writes of the live path that no event causes."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import psycopg

from callboard.lib.errors import Invalid
from callboard.live.engine.thresholds import with_overrides
from callboard.live.models import LivePolicy

REPORTS_KEPT_DAYS = 14
AT_ONCE = 2_000

_OLD = """
SELECT organization_id, seq FROM callboard_live_event
WHERE seq > %s AND kind = 'connection.report' AND received_at < now() - make_interval(days => %s)
ORDER BY seq LIMIT %s
"""


def drop_old_reports(engine_url: str) -> int:
    """Delete raw connection reports past their days, of all organizations; answers how many.

    On a connection of its own in the engine's role, in small transactions: a run that is cut off has done
    what it has done, and the next one goes on.
    """
    dropped, after = 0, 0
    with psycopg.connect(engine_url, autocommit=True) as connection:
        while rows := connection.execute(_OLD, [after, REPORTS_KEPT_DAYS, AT_ONCE]).fetchall():
            after = rows[-1][1]
            for organization, mine in groupby(sorted(rows), key=lambda row: row[0]):
                dropped += _drop(connection, organization, [seq for _, seq in mine])
    return dropped


def _drop(connection: psycopg.Connection[Any], organization: int, seqs: list[int]) -> int:
    with connection.transaction():
        connection.execute("SELECT set_config('app.organization', %s, true)", [str(organization)])
        return connection.execute("DELETE FROM callboard_live_event WHERE seq = ANY(%s)", [seqs]).rowcount


def set_policy(values: dict[str, float], by: int | None = None) -> LivePolicy:
    """Put thresholds in force for what is planned from now on, as the organization's next version.

    `values` are names of live.engine.thresholds.Thresholds; `by` a login's id. Needs an open transaction in
    the organization's scope. Raises Invalid.
    """
    try:
        with_overrides(values, "")
    except ValueError as error:
        raise Invalid(fields={"values": str(error)}) from error
    newest = LivePolicy.objects.order_by("-version").values_list("version", flat=True).first() or 0
    return LivePolicy.objects.create(version=newest + 1, values=values, created_by_id=by)
