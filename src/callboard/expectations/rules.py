"""Pure decisions: which promises a plan makes, due when, under which policy; what may follow what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

About = Literal["session", "instructor", "learner", "recording"]
Anchor = Literal["start", "end"]


@dataclass(frozen=True)
class Kind:
    """A kind of promise. `about`: whom it is made to, "recording" being a session that is to be recorded.

    It falls due `minutes` after the plan's start or end (negative: before it). `live`: the live engine says
    what became of it, and its own thresholds say when it is due; else jobs do, and it is missed when due.
    """

    name: str
    title: Any
    about: About
    anchor: Anchor
    minutes: float
    live: bool = True


@dataclass(frozen=True)
class Plan:
    """What of a session's plan promises rest on. People are ids; `absent` are those who will not come."""

    session: int
    starts_at: datetime
    ends_at: datetime
    instructor: int | None
    learners: Sequence[int]
    recording: bool
    absent: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Promise:
    """One promise to be kept. `waived`: not asked for any more."""

    session: int
    kind: str
    person: int | None
    due_at: datetime
    waived: bool = False


Policy = Mapping[str, Mapping[str, Any]]
"""By kind {"enabled": bool, "minutes": number}; what it leaves out is as registered."""


def enabled(kind: str, policy: Policy) -> bool:
    return bool(policy.get(kind, {}).get("enabled", True))


def minutes(kind: Kind, policy: Policy) -> float:
    """From policy where jobs judge it; what the engine judges falls due by live's own policy."""
    return kind.minutes if kind.live else float(policy.get(kind.name, {}).get("minutes", kind.minutes))


def promises(kinds: Iterable[Kind], policy: Policy, plan: Plan) -> list[Promise]:
    """All that a plan promises."""
    return [
        Promise(plan.session, kind.name, person, due_at(kind, policy, plan), person in plan.absent)
        for kind in kinds
        if enabled(kind.name, policy)
        for person in _about(kind, plan)
    ]


def due_at(kind: Kind, policy: Policy, plan: Plan) -> datetime:
    anchor = plan.starts_at if kind.anchor == "start" else plan.ends_at
    return anchor + timedelta(minutes=minutes(kind, policy))


def _about(kind: Kind, plan: Plan) -> Sequence[int | None]:
    if kind.about == "instructor":
        return [] if plan.instructor is None else [plan.instructor]
    if kind.about == "learner":
        return plan.learners
    if kind.about == "recording" and not plan.recording:
        return []
    return [None]


def problems(values: Mapping[str, Any], kinds: Mapping[str, Kind]) -> dict[str, str]:
    """What is wrong with a policy's values, by "kind" or "kind.field": a code."""
    found: dict[str, str] = {}
    for name, said in values.items():
        if name not in kinds:
            found[name] = "unknown"
        elif not isinstance(said, Mapping):
            found[name] = "no_table"
        else:
            found |= _problems_of(name, said, kinds[name])
    return found


def _problems_of(name: str, said: Mapping[str, Any], kind: Kind) -> dict[str, str]:
    found = {f"{name}.{field}": "unknown" for field in said.keys() - {"enabled", "minutes"}}
    if not isinstance(said.get("enabled", True), bool):
        found[f"{name}.enabled"] = "no_bool"
    if "minutes" in said:
        value = said["minutes"]
        if kind.live:
            found[f"{name}.minutes"] = "live"
        elif isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 7 * 24 * 60:
            found[f"{name}.minutes"] = "no_minutes"
    return found


STATUS_OF_ENGINE = {"open": "due", "due": "due", "met": "met", "late": "late", "missed": "missed",
                    "waived": "waived"}  # fmt: skip
"""The live engine's words for what became of a promise, in ours."""
