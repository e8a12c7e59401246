"""What follows when an organization promises something else.

1. Another policy is in force: the sessions that it concerns and that have not begun promise anew. A run that
   is cut off is run again, and promising twice is promising once.
"""

from __future__ import annotations

from typing import Any

from callboard.expectations import operations
from callboard.lib import jobs


@jobs.job(queue="live", name="callboard.workflows.change_promises.changed")
def changed(organization: int, fact: dict[str, Any]) -> None:
    """Another policy of promises is in force."""
    operations.derive_plans(organization, fact["version"])
