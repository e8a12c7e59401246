"""Writes of the live path that no event causes."""

from __future__ import annotations

from callboard.live.operations.backtests import ask_backtest, cancel_backtest, get_backtest, run_backtest
from callboard.live.operations.policies import refuse, restore_policy, set_policy, tell_plans
from callboard.live.operations.retention import REPORTS_KEPT_DAYS, drop_old_reports
from callboard.live.operations.signals import write_signals

__all__ = [
    "REPORTS_KEPT_DAYS",
    "ask_backtest",
    "cancel_backtest",
    "drop_old_reports",
    "get_backtest",
    "refuse",
    "restore_policy",
    "run_backtest",
    "set_policy",
    "tell_plans",
    "write_signals",
]
