"""Pure decisions: which promises a plan makes, due when, under which policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from callboard.expectations.policy import Kind, Policy, enabled, minutes


@dataclass(frozen=True)
class Plan:
    """What of a session's plan promises rest on. People are ids; `absent` are those who will not come.

    `unrecorded`: it was to be `recording`, and is not, for this (WHY).
    """

    session: int
    starts_at: datetime
    ends_at: datetime
    instructor: int | None
    learners: Sequence[int]
    recording: bool
    absent: frozenset[int] = frozenset()
    unrecorded: str = ""


@dataclass(frozen=True)
class Promise:
    """One promise to be kept. `waived`: not asked for any more."""

    session: int
    kind: str
    person: int | None
    due_at: datetime
    waived: bool = False
    why: str = ""


WHY = ("consent", "absent")
"""For what a promise can be waived: not everyone in the session agrees to it; they will not come."""


def promises(kinds: Iterable[Kind], policy: Policy, plan: Plan) -> list[Promise]:
    """All that a plan promises."""
    return [
        Promise(plan.session, kind.name, person, due_at(kind, policy, plan), bool(why), why)
        for kind in kinds
        if enabled(kind.name, policy)
        for person in _about(kind, plan)
        for why in (_waived_for(kind, person, plan),)
    ]


def _waived_for(kind: Kind, person: int | None, plan: Plan) -> str:
    """Why it is not asked for, of WHY; empty where it is."""
    if kind.about == "recording" and not plan.recording:
        return plan.unrecorded
    return "absent" if person in plan.absent else ""


def due_at(kind: Kind, policy: Policy, plan: Plan) -> datetime:
    anchor = plan.starts_at if kind.anchor == "start" else plan.ends_at
    return anchor + timedelta(minutes=minutes(kind, policy))


def _about(kind: Kind, plan: Plan) -> Sequence[int | None]:
    if kind.about == "instructor":
        return [] if plan.instructor is None else [plan.instructor]
    if kind.about == "learner":
        return plan.learners
    if kind.about == "asked" or (kind.about == "recording" and not (plan.recording or plan.unrecorded)):
        return []
    return [None]


STATUS_OF_ENGINE = {"open": "due", "due": "due", "met": "met", "late": "late", "missed": "missed",
                    "waived": "waived"}  # fmt: skip
"""The live engine's words for what became of a promise, in ours."""
