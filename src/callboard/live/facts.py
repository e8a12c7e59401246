"""What happened to the live rules."""

from __future__ import annotations

from dataclasses import dataclass

from callboard.lib.facts import Fact


@dataclass(frozen=True, kw_only=True)
class RulesChanged(Fact):
    """A version of the rules is in force; sessions that are not over are to go by it."""

    version: int


@dataclass(frozen=True, kw_only=True)
class BacktestAsked(Fact):
    """Somebody asked what other rules would have raised. `backtest` is its id."""

    backtest: int
