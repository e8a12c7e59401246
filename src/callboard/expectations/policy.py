"""What an organization may say of its promises, and what holds where it speaks of a subject or a session too.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

About = Literal["session", "instructor", "learner", "recording", "asked"]
Anchor = Literal["start", "end"]


@dataclass(frozen=True)
class Kind:
    """A kind of promise. `about`: whom it is made to, "recording" being a session that is to be recorded;
    "asked": no plan makes it, but whoever asks for something (expectations.operations.promise).

    It falls due `minutes` after the plan's start or end (negative: before it). `live`: the live engine says
    what became of it, and its own thresholds say when it is due; else jobs do, and it is missed when due.
    """

    name: str
    title: Any
    about: About
    anchor: Anchor
    minutes: float
    live: bool = True


A_WEEK = 7 * 24 * 60

Policy = Mapping[str, Mapping[str, Any]]
"""By kind {"enabled": bool, "minutes": number}; what it leaves out is as registered."""


def merged(values: Iterable[Policy]) -> Policy:
    """What holds of several policies, the widest first."""
    whole: dict[str, dict[str, Any]] = {}
    for each in values:
        for kind, said in each.items():
            whole[kind] = {**whole.get(kind, {}), **said}
    return whole


def without_usual(values: Policy, wider: Policy, kinds: Mapping[str, Kind]) -> dict[str, dict[str, Any]]:
    """The values that say something else than what holds without them (`wider`: merged values)."""
    kept = {}
    for name, said in values.items():
        usually = {"enabled": True, "minutes": kinds[name].minutes, **wider.get(name, {})}
        own = {field: value for field, value in said.items() if usually.get(field) != value}
        if own:
            kept[name] = own
    return kept


def enabled(kind: str, policy: Policy) -> bool:
    return bool(policy.get(kind, {}).get("enabled", True))


def minutes(kind: Kind, policy: Policy) -> float:
    """From policy where jobs judge it; what the engine judges falls due by live's own policy."""
    return kind.minutes if kind.live else float(policy.get(kind.name, {}).get("minutes", kind.minutes))


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
        elif isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= A_WEEK:
            found[f"{name}.minutes"] = "no_minutes"
    return found
