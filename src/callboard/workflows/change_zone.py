"""An organization's clock is another: its days begin at other moments.

1. Promises are counted by day anew. Killed: the job runs again, and counting twice is counting once.
2. Cases and touches are, too; a job of their own, so that neither waits for the other.
"""

from __future__ import annotations

from typing import Any

from callboard.cases import operations as cases
from callboard.expectations import operations as expectations
from callboard.lib import jobs
from callboard.lib.tenancy import organization_scope
from callboard.people import queries as people


@jobs.job(name="change_zone.promises")
def promises(organization: int, fact: dict[str, Any]) -> None:  # noqa: ARG001 - the zone as it is now counts
    """Count all days of promises anew."""
    with organization_scope(organization):
        expectations.roll_up(people.organization().zone, None)


@jobs.job(name="change_zone.cases")
def cases_and_touches(organization: int, fact: dict[str, Any]) -> None:  # noqa: ARG001 - as above
    """Count all days of cases and touches anew."""
    with organization_scope(organization):
        zone = people.organization().zone
        cases.roll_up(zone, None)
        cases.roll_up_touches(zone, None)
