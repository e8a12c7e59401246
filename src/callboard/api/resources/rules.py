"""The live rules, their versions, and what other rules would have raised."""

from __future__ import annotations

from typing import Any

from ninja import Query, Router, Schema, Status

from callboard.api.guard import Asked
from callboard.api.paging import Page, paged
from callboard.api.shapes import rules as shapes
from callboard.lib.errors import NotFound
from callboard.live import operations, rulebook
from callboard.live.models import LivePolicy
from callboard.people.models import Member
from callboard.sessions.models import Session

router = Router(tags=["Rules"])
backtests = Router(tags=["Rules"])


class For(Schema):
    """Nothing said: the organization's."""

    subject: str = ""
    session: str = ""


class Versions(Page):
    scope: shapes.Scope | None = None
    target: str | None = None


@router.get("", response=shapes.RuleList, operation_id="list_rules")
def list_rules(request: Asked, wanted: Query[For]) -> Any:
    """The rules in force: the organization's, or those for a subject or a session of it."""
    request.access.require("cases.read")
    subject = wanted.subject
    if wanted.session:
        session = Session.objects.filter(key=wanted.session).first()
        if session is None:
            raise NotFound
        subject = session.subject
    found = rulebook.in_force(subject, wanted.session)
    return {"name": found.name, "versions": found.versions, "items": shapes.rule_items(found)}


@router.get("/versions", response=shapes.PolicyPage, operation_id="list_rule_versions")
def list_versions(request: Asked, wanted: Query[Versions]) -> Any:
    """What was said of the rules, with who and when, the newest first."""
    request.access.require("cases.read")
    rows = LivePolicy.objects.select_related("created_by")
    if wanted.scope is not None:
        rows = rows.filter(scope=wanted.scope)
    if wanted.target is not None:
        rows = rows.filter(target=wanted.target)
    return paged(rows, wanted, ["-id"], shapes.policy_item)


@router.post("/versions", response={201: shapes.PolicyItem}, operation_id="set_rules")
def set_rules(request: Asked, given: shapes.PolicyIn) -> Any:
    """Put rules in force, within seconds also for what is live. 409 `policy_changed` where `expected` is no
    longer the target's version."""
    request.access.require("settings.manage")
    made = operations.set_policy(
        given.values, _login(request), scope=given.scope, target=given.target, expected=given.expected
    )
    return Status(201, shapes.policy_item(made))


@router.post(
    "/versions/{int:version}/restore", response={201: shapes.PolicyItem}, operation_id="restore_rules"
)
def restore(request: Asked, version: int) -> Any:
    """Put an earlier version in force again, as a new one."""
    request.access.require("settings.manage")
    return Status(201, shapes.policy_item(operations.restore_policy(version, _login(request))))


@backtests.post("", response={201: shapes.BacktestItem}, operation_id="ask_backtest")
def ask(request: Asked, given: shapes.BacktestIn) -> Any:
    """Ask what these rules, in place of the target's own, would have raised. Read it for its progress."""
    request.access.require("settings.manage")
    row = operations.ask_backtest(
        given.values, _login(request), scope=given.scope, target=given.target, days=given.days
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


def _login(request: Asked) -> int | None:
    """The login behind a call; None for a key's."""
    member = request.access.member
    if member is None:
        return None
    return Member.objects.filter(pk=member).values_list("user_id", flat=True).first()
