"""The live rules, backtests and the why of a case, as the API tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from callboard.api.shapes.policies import PolicyItem, Scope, policy_item
from callboard.live import monitors, rulebook
from callboard.live import policy as rules
from callboard.live.engine.kinds import KINDS
from callboard.live.models import Backtest
from callboard.live.why import Said, Why


class Threshold(Schema):
    """`name` as in a policy's values; ending in `_s` it is in seconds, `loss` and `…_share` are shares."""

    name: str
    value: float
    usual: float
    least: float
    most: float


class RuleItem(Schema):
    """A rule in force. `text` says it in a sentence. `kind` "incident" is what makes many cases one."""

    kind: str
    title: str
    text: str
    on: bool
    severity: str | None
    queue: str | None
    claim_minutes: float | None
    resolve_minutes: float | None
    thresholds: list[Threshold]


class RuleList(Schema):
    """`versions`: the policies that these are made of, the widest first; `name` what plans call them."""

    name: str | None
    versions: list[int]
    items: list[RuleItem]


class PolicyIn(Schema):
    """All that the target says of its own: thresholds by name, and "rules" by kind of case (`on`, `severity`,
    `queue`, `claim_minutes`, `resolve_minutes`). {} takes back what it said. `expected`: the target's version
    that the change was made to, 0 for none."""

    scope: Scope = "organization"
    target: str = Field("", max_length=100)
    values: dict[str, Any] = Field(default_factory=dict)
    expected: int | None = Field(None, ge=0, le=2**31 - 1)


class BacktestIn(Schema):
    scope: Scope = "organization"
    target: str = Field("", max_length=100)
    values: dict[str, Any] = Field(default_factory=dict)
    days: int = Field(30, ge=1, le=365)


class Figures(Schema):
    """Cases `now` and `then`; `more` and `less` of them, and with another severity (`louder`)."""

    now: int
    then: int
    more: int
    less: int
    louder: int


class FoundItem(Schema):
    change: Literal["more", "less"]
    session: str
    kind: str
    participant: str | None
    raised_at: datetime
    cleared_at: datetime | None
    severity: str


class FoundIncident(Schema):
    """An incident of one side alone; `key` is what its `sessions` share."""

    change: Literal["more", "less"]
    key: str
    kind: str
    sessions: list[str]
    raised_at: datetime
    cleared_at: datetime | None


class BacktestItem(Schema):
    """`status`: waiting, running, done, cancelled or failed. `found`: the latest cases that differ;
    `incidents` once it is done, where their rule or one that ends sessions is another. `notes`:
    below_floor (a bound lies below what is kept of reports), not_kept (of a provider's silences)."""

    id: int
    status: str
    scope: str
    target: str
    values: dict[str, Any]
    days: int
    total: int
    judged: int
    figures: dict[str, Figures]
    found: list[FoundItem]
    incidents: list[FoundIncident]
    notes: list[str]
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class RuleThen(Schema):
    kind: str
    policies: list[PolicyItem]
    thresholds: list[Threshold]
    severity: str


class SaidItem(Schema):
    what: Literal["raised", "cleared", "withdrawn"]
    kind: str
    participant: str | None
    at: datetime


class StepItem(Schema):
    """An event as it came, or (`kind` empty) time that passed until `at`, and what the engine said then."""

    at: datetime
    received_at: datetime
    kind: str
    id: str
    participant: str | None
    evidence: bool
    said: list[SaidItem]


class PendingItem(Schema):
    at: datetime
    kind: str
    participant: str | None


class WhyItem(Schema):
    """`rule` null: no live rule raised it. `inside`: who was in when it was noticed; `pending`: what would
    have come to hold next. `left_out` steps came before the first that is told."""

    rule: RuleThen | None
    steps: list[StepItem]
    left_out: int
    inside: list[str] | None
    pending: list[PendingItem]


def rule_items(found: rulebook.InForce) -> list[dict[str, Any]]:
    figures, usual = found.figures(), rules.usual()
    items = []
    for kind, names in rules.THRESHOLDS_OF.items():
        setting = found.setting(kind)
        known = KINDS.get(kind)
        items.append(
            {
                "kind": kind,
                "title": "Incident" if known is None else str(monitors.SHOWN[kind][0]),
                "text": monitors.explained(kind, found.values),
                "on": setting.on,
                "severity": None if known is None else setting.severity or known.severity,
                "queue": setting.queue,
                "claim_minutes": setting.claim_minutes,
                "resolve_minutes": setting.resolve_minutes,
                "thresholds": [_threshold(name, figures[name], usual[name]) for name in names],
            }
        )
    return items


def _threshold(name: str, value: float, usual: float) -> dict[str, Any]:
    bounds = rules.BOUNDS[name]
    return {"name": name, "value": value, "usual": usual, "least": bounds.least, "most": bounds.most}


def backtest_item(row: Backtest) -> dict[str, Any]:
    return {name: getattr(row, name) for name in BacktestItem.model_fields}


def why_item(why: Why) -> dict[str, Any]:
    rule, held = why.rule, why.held
    return {
        "rule": None
        if rule is None
        else {
            "kind": rule.kind,
            "policies": [policy_item(each) for each in rule.policies],
            "thresholds": [_threshold(name, *pair) for name, pair in rule.thresholds.items()],
            "severity": rule.severity,
        },
        "steps": [
            {
                "at": step.at, "received_at": step.received_at, "kind": step.kind, "id": step.id,
                "participant": step.participant, "evidence": step.evidence,
                "said": [_said(each) for each in step.said],
            }
            for step in why.steps
        ],
        "left_out": why.left_out,
        "inside": None
        if held is None
        else [one["participant"] for one in held.view["people"] if one["inside"]],
        "pending": []
        if held is None
        else [{"at": at, "kind": kind, "participant": who} for at, kind, who in held.pending],
    }  # fmt: skip


def _said(said: Said) -> dict[str, Any]:
    return {"what": said.what, "kind": said.kind, "participant": said.participant, "at": said.at}
