"""What follows when people change the live rules, or ask what other rules would have raised.

1. A version is in force: the plans of the sessions that are not over are written into the log anew, those
   that are live first. A run that is cut off is run again; a plan written twice changes nothing.
2. A backtest is asked for: it is run, with its progress in the database. A run that is cut off begins anew.
"""

from __future__ import annotations

from typing import Any

from callboard.lib import jobs
from callboard.live import operations


@jobs.job(queue="live", name="callboard.workflows.change_rules.changed")
def changed(organization: int, fact: dict[str, Any]) -> None:
    """Other rules are in force."""
    operations.tell_plans(organization, fact["version"])


@jobs.job(queue="live", name="callboard.workflows.change_rules.asked")
def asked(organization: int, fact: dict[str, Any]) -> None:
    """Somebody waits for what other rules would have raised."""
    operations.run_backtest(organization, fact["backtest"])
