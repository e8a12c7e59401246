"""What is known of a session's plan and room: the state that `presence` folds and `presence_rules` reads."""

from __future__ import annotations

from copy import copy
from typing import Final, Self

import msgspec

from callboard.live.engine.book import Book
from callboard.live.engine.events import Plan
from callboard.live.engine.fold import NEVER, Item
from callboard.live.engine.moments import SECOND
from callboard.live.engine.thresholds import Rules

Stay = tuple[int, int]

ONE_AT_A_TIME: Final = ""
"""Stands for a connection that the log did not name."""

SAME_INSTANT: Final = SECOND
"""Providers give some times in whole seconds: a join within one after its own leave came before it."""


class Links(msgspec.Struct):
    """Connections: who has which open, and when which was left. A connection that was left does not last."""

    open: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    left: dict[str, int] = msgspec.field(default_factory=dict)

    def copy(self) -> Self:
        return type(self)(self.open.copy(), self.left.copy())

    def over(self, link: str, at: int) -> bool:
        left = self.left.get(link)
        return left is not None and at < left + SAME_INSTANT

    def join(self, who: str, link: str, was_in: bool) -> None:
        has = self.open.get(who, (ONE_AT_A_TIME,) if was_in else ())
        self.left.pop(link, None)
        if link not in has:
            self.open[who] = (*has, link)

    def leave(self, who: str, link: str, at: int) -> bool:
        """Whether that was their last."""
        self.left[link] = at
        has = self.open.get(who, (ONE_AT_A_TIME,))
        if link not in has:
            return False
        rest = self.open[who] = tuple(one for one in has if one != link)
        return not rest

    def out(self, who: str, at: int) -> None:
        """They are out wholly."""
        self.left.update(dict.fromkeys(self.open.pop(who, ()), at))
        self.left.pop(ONE_AT_A_TIME, None)


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
    links: Links | None = None  # where the log tells people's connections apart
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
        if self.links is not None:
            twin.links = self.links.copy()
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
