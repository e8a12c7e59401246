"""What is known of a session's plan and room: the state that `presence` folds and `presence_rules` reads."""

from __future__ import annotations

from copy import copy
from typing import Self

import msgspec

from callboard.live.engine.book import Book
from callboard.live.engine.events import Plan
from callboard.live.engine.fold import NEVER, Item
from callboard.live.engine.thresholds import Rules

Stay = tuple[int, int]


class Room(msgspec.Struct):
    """The state of one session's plan and room. Times in microseconds, None where it has not been."""

    rules: Rules
    due: int = NEVER
    fired: int = 0
    book: Book = msgspec.field(default_factory=Book)
    steps: list[Item] = msgspec.field(default_factory=list)
    plan: Plan | None = None
    plan_id: str = ""
    starts_base: int = 0  # since when this start has been in force
    instructor_base: int = 0
    learner_bases: dict[str, int] = msgspec.field(default_factory=dict)
    cancelled: bool = False
    ready_at: int | None = None
    started_at: int | None = None
    inside: dict[str, int] = msgspec.field(default_factory=dict)
    been: dict[str, int] = msgspec.field(default_factory=dict)  # when they were first in
    stays: dict[str, tuple[Stay, ...]] = msgspec.field(default_factory=dict)
    left: dict[str, tuple[int, str]] = msgspec.field(
        default_factory=dict
    )  # who is out: when, and the evidence
    came: dict[str, str] = msgspec.field(default_factory=dict)  # the evidence that they are in
    roles: dict[str, str] = msgspec.field(default_factory=dict)
    filled_at: int = 0
    empty_since: int | None = None
    ended_at: int | None = None
    closed: bool = False  # ended by the room itself
    missing_from: int = 0
    first_live: int | None = None
    live: bool = False

    def copy(self) -> Self:
        twin = copy(self)
        twin.book = self.book.copy()
        twin.steps = self.steps.copy()
        twin.learner_bases = self.learner_bases.copy()
        twin.inside, twin.been = self.inside.copy(), self.been.copy()
        twin.stays, twin.left = self.stays.copy(), self.left.copy()
        twin.came, twin.roles = self.came.copy(), self.roles.copy()
        return twin

    @property
    def active(self) -> Plan | None:
        """The plan, while it is to be judged by."""
        return None if self.cancelled else self.plan

    def on_roster(self, who: str) -> bool:
        plan = self.plan
        return plan is not None and (who == plan.instructor or who in plan.learners)

    def role_of(self, who: str) -> str | None:
        plan = self.plan
        if plan is None:
            return self.roles.get(who)
        return "instructor" if who == plan.instructor else "learner" if who in plan.learners else "stranger"

    @property
    def instructor(self) -> str | None:
        """Who teaches: the plan's, or the only one whom the log calls so."""
        if self.plan is not None:
            return self.plan.instructor
        known = [who for who, role in self.roles.items() if role == "instructor"]
        return known[0] if len(known) == 1 else None

    def too_early(self, plan: Plan) -> bool:
        missing = plan.ends_at - self.missing_from
        return missing > round(self.rules.ended_early_share * (plan.ends_at - plan.starts_at))
