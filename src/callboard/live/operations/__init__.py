"""Writes of the live path that no event causes."""

from __future__ import annotations

from callboard.live.operations.policies import refuse, restore_policy, set_policy, tell_plans
from callboard.live.operations.retention import REPORTS_KEPT_DAYS, drop_old_reports

__all__ = [
    "REPORTS_KEPT_DAYS",
    "drop_old_reports",
    "refuse",
    "restore_policy",
    "set_policy",
    "tell_plans",
]
