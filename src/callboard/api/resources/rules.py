"""The live rules, their versions, and what other rules would have raised."""

from __future__ import annotations

from typing import Any

from ninja import Query, Router, Status

from callboard.api.guard import Asked
from callboard.api.shapes import policies
from callboard.api.shapes import rules as shapes
from callboard.live import operations, rulebook

router = Router(tags=["Rules"])
backtests = Router(tags=["Rules"])


@router.get("", response=shapes.RuleList, operation_id="list_rules")
def list_rules(request: Asked, wanted: Query[policies.For]) -> Any:
    """The rules in force: the organization's, or those for a subject or a session of it."""
    request.access.require("cases.read")
    found = rulebook.in_force(*wanted.target())
    return {"name": found.name, "versions": found.versions, "items": shapes.rule_items(found)}


@router.get("/versions", response=policies.PolicyPage, operation_id="list_rule_versions")
def list_versions(request: Asked, wanted: Query[policies.VersionsOf]) -> Any:
    """What was said of the rules, with who and when, the newest first."""
    request.access.require("cases.read")
    return policies.version_page(rulebook.VERSIONS, wanted)


@router.post("/versions", response={201: policies.PolicyItem}, operation_id="set_rules")
def set_rules(request: Asked, given: shapes.PolicyIn) -> Any:
    """Put rules in force, within seconds also for what is live. 409 `policy_changed` where `expected` is no
    longer the target's version."""
    request.access.require("settings.manage")
    made = operations.set_policy(
        given.values, request.access, scope=given.scope, target=given.target, expected=given.expected
    )
    return Status(201, policies.policy_item(made))


@router.post(
    "/versions/{int:version}/restore", response={201: policies.PolicyItem}, operation_id="restore_rules"
)
def restore(request: Asked, version: int) -> Any:
    """Put an earlier version in force again, as a new one."""
    request.access.require("settings.manage")
    return Status(201, policies.policy_item(operations.restore_policy(version, request.access)))


@backtests.post("", response={201: shapes.BacktestItem}, operation_id="ask_backtest")
def ask(request: Asked, given: shapes.BacktestIn) -> Any:
    """Ask what these rules, in place of the target's own, would have raised. Read it for its progress."""
    request.access.require("settings.manage")
    row = operations.ask_backtest(
        given.values, request.access.user, scope=given.scope, target=given.target, days=given.days
    )
    return Status(201, shapes.backtest_item(row))


@backtests.get("/{int:backtest}", response=shapes.BacktestItem, operation_id="get_backtest")
def get(request: Asked, backtest: int) -> Any:
    request.access.require("cases.read")
    return shapes.backtest_item(operations.get_backtest(backtest))


@backtests.delete("/{int:backtest}", response=shapes.BacktestItem, operation_id="cancel_backtest")
def cancel(request: Asked, backtest: int) -> Any:
    """Stop it where it still runs; what it has found stays."""
    request.access.require("settings.manage")
    return shapes.backtest_item(operations.cancel_backtest(backtest))
