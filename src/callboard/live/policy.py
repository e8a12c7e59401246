"""What an organization may say of the live rules: which threshold is whose, within which bounds, and what
holds where it speaks of a subject or a session too. Pure.

A policy's `values` are thresholds by name (live.engine.thresholds.Thresholds) and "rules": by kind of case,
whether it is on, its severity, its queue, and the minutes to claim and to resolve it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import msgspec

from callboard.live.engine.kinds import KINDS
from callboard.live.engine.thresholds import Setting, Thresholds
from callboard.sessions import scopes

SCOPES = scopes.SCOPES
ORGANIZATION, SUBJECT, SESSION = SCOPES

INCIDENT: Final = "incident"
"""Stands among the kinds for what makes many cases one."""


class Bounds(NamedTuple):
    """The least and the most that a threshold may be, and whether it is a whole number."""

    least: float
    most: float
    whole: bool = False


BOUNDS: Final[Mapping[str, Bounds]] = {
    "room_ready_before_s": Bounds(60, 7200),
    "room_ready_late_plan_s": Bounds(0, 1800),
    "instructor_after_s": Bounds(0, 3600),
    "learner_after_s": Bounds(0, 7200),
    "dropped_after_s": Bounds(10, 1800),
    "empty_after_s": Bounds(10, 1800),
    "time_left_s": Bounds(0, 3600),
    "ended_after_empty_s": Bounds(60, 3600),
    "ended_early_share": Bounds(0.01, 0.95),
    "overrun_after_s": Bounds(0, 14_400),
    "recording_after_live_s": Bounds(10, 1800),
    "recorder_gone_s": Bounds(10, 1800),
    "recorder_stuck_s": Bounds(60, 3600),
    "file_after_s": Bounds(60, 86_400),
    "file_share": Bounds(0.1, 1),
    "bad_for_s": Bounds(5, 600),
    "good_for_s": Bounds(5, 300),
    "loss": Bounds(0.005, 1),
    "rtt_ms": Bounds(50, 10_000),
    "jitter_ms": Bounds(5, 5_000),
    "inaudible_after_s": Bounds(20, 1800),
    "audible_level": Bounds(0.0001, 0.01),
    "quiet_after_s": Bounds(30, 3600),
    "unstable_times": Bounds(2, 10, True),
    "unstable_within_s": Bounds(60, 7200),
    "incident_sessions": Bounds(2, 50, True),
    "incident_within_s": Bounds(10, 3600),
}
"""Below the least of a length, one late report or the reload of a page would raise a case."""

THRESHOLDS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "room_not_ready": ("room_ready_before_s", "room_ready_late_plan_s"),
    "instructor_missing": ("instructor_after_s",),
    "learner_missing": ("learner_after_s",),
    "dropped": ("dropped_after_s", "time_left_s"),
    "room_empty": ("empty_after_s", "time_left_s"),
    "ended_early": ("ended_early_share", "ended_after_empty_s"),
    "overrun": ("overrun_after_s",),
    "recording_not_started": ("recording_after_live_s",),
    "recording_stalled": ("recorder_gone_s", "recorder_stuck_s"),
    "recording_missing": ("file_after_s",),
    "recording_bad": ("file_share",),
    "bad_connection": ("loss", "rtt_ms", "jitter_ms", "bad_for_s", "good_for_s"),
    "inaudible": ("inaudible_after_s", "audible_level"),
    "stranger": (),
    "provider_quiet": ("quiet_after_s",),
    "room_lost": (),
    "unstable": ("unstable_times", "unstable_within_s"),
    INCIDENT: ("incident_sessions", "incident_within_s"),
}
"""Each rule's own; `time_left_s` is two rules'."""

ACROSS: Final = frozenset({"provider_quiet", INCIDENT})
"""Rules over several sessions: an organization's alone."""

MINUTES: Final = Bounds(1, 7 * 24 * 60)
_SETTINGS: Final = frozenset(Setting.__struct_fields__)


@dataclass(frozen=True)
class Problem:
    """What cannot be: a code (unknown, no_number, out_of_bounds, no_whole, across, order, no_severity,
    no_bool, no_text, no_minutes) and the bounds, where there are such.
    """

    code: str
    least: float | None = None
    most: float | None = None


def problems(values: Mapping[str, Any], scope: str = ORGANIZATION) -> dict[str, Problem]:
    """What is wrong with a policy's values, by threshold, or by "rules.KIND.FIELD"."""
    found: dict[str, Problem] = {}
    across = {name for kind in ACROSS for name in THRESHOLDS_OF[kind]} if scope != ORGANIZATION else set()
    for name, value in values.items():
        if name == "rules":
            found |= _settings_problems(value, scope)
        elif name not in BOUNDS:
            found[name] = Problem("unknown")
        elif name in across:
            found[name] = Problem("across")
        elif (problem := _out_of(BOUNDS[name], value)) is not None:
            found[name] = problem
    if not found:
        whole = {**usual(), **{name: value for name, value in values.items() if name != "rules"}}
        if whole["ended_after_empty_s"] <= whole["empty_after_s"]:
            name = "empty_after_s" if "empty_after_s" in values else "ended_after_empty_s"
            found[name] = Problem("order")
    return found


def _out_of(bounds: Bounds, value: Any) -> Problem | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Problem("no_number")
    if not bounds.least <= value <= bounds.most:
        return Problem("out_of_bounds", bounds.least, bounds.most)
    return Problem("no_whole") if bounds.whole and value != int(value) else None


def _settings_problems(given: Any, scope: str) -> dict[str, Problem]:
    if not isinstance(given, Mapping):
        return {"rules": Problem("unknown")}
    found: dict[str, Problem] = {}
    for kind, setting in given.items():
        if kind not in KINDS or not isinstance(setting, Mapping):
            found[f"rules.{kind}"] = Problem("unknown")
        elif scope != ORGANIZATION and kind in ACROSS:
            found[f"rules.{kind}"] = Problem("across")
        else:
            for name, value in setting.items():
                if (code := _setting_problem(kind, name, value)) is not None:
                    found[f"rules.{kind}.{name}"] = code
    return found


def _setting_problem(kind: str, name: str, value: Any) -> Problem | None:
    if name not in _SETTINGS:
        return Problem("unknown")
    if name == "on":
        return None if isinstance(value, bool) else Problem("no_bool")
    if value is None:
        return None
    if name == "severity":
        if kind == "stranger" and value != "now":
            return Problem("always_now")
        return None if value in ("now", "soon", "watch") else Problem("no_severity")
    if name == "queue":
        return None if isinstance(value, str) and len(value) <= 50 else Problem("no_text")
    return None if _out_of(MINUTES, value) is None else Problem("no_minutes", MINUTES.least, MINUTES.most)


def merged(values: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What holds of several policies, the widest first."""
    whole: dict[str, Any] = {}
    settings: dict[str, dict[str, Any]] = {}
    for each in values:
        for name, value in each.items():
            if name != "rules":
                whole[name] = value
        for kind, setting in each.get("rules", {}).items():
            mine = settings.setdefault(kind, {})
            mine |= {name: value for name, value in setting.items() if value is not None}
    return {**whole, "rules": settings} if settings else whole


def usual() -> dict[str, float]:
    """Every threshold as it is where nobody has said anything."""
    return dict(msgspec.structs.asdict(Thresholds()))


def without_usual(values: Mapping[str, Any], wider: Mapping[str, Any]) -> dict[str, Any]:
    """The values that say something else than what holds without them (`wider`: merged values)."""
    before = {**usual(), **wider}
    kept = {name: value for name, value in values.items() if name != "rules" and before.get(name) != value}
    known = wider.get("rules", {})
    settings: dict[str, dict[str, Any]] = {}
    for kind, setting in values.get("rules", {}).items():
        usually = {"on": True, "severity": KINDS[kind].severity, **known.get(kind, {})}
        own = {name: value for name, value in setting.items() if usually.get(name) != value}
        if own:
            settings[kind] = own
    return {**kept, "rules": settings} if settings else kept


def changed_kinds(old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[str]:
    """The kinds of case of whose raising two policies (merged) may differ; not their queues and minutes."""
    before, after = {**usual(), **old}, {**usual(), **new}
    kinds = {
        kind
        for kind, names in THRESHOLDS_OF.items()
        if any(before.get(name) != after.get(name) for name in names)
    }
    for kind in KINDS:
        one, other = (values.get("rules", {}).get(kind, {}) for values in (old, new))
        usually = {"on": True, "severity": KINDS[kind].severity}
        if any(one.get(name, usual_) != other.get(name, usual_) for name, usual_ in usually.items()):
            kinds.add(kind)
    return frozenset(kinds)


def name_of(organization: int, versions: Sequence[int]) -> str | None:
    """What plans call the rules made of these versions, the widest first: "3:12.15"."""
    return f"{organization}:{'.'.join(map(str, versions))}" if versions else None


def versions_in(name: str) -> tuple[int, list[int]] | None:
    """The organization and the versions in such a name; None where it is none."""
    organization, _, versions = name.partition(":")
    numbers = versions.split(".")
    if not organization.isdigit() or not all(number.isdigit() for number in numbers):
        return None
    return int(organization), [int(number) for number in numbers]
