"""When the rules about plan and room next hold, and whether they hold under a new plan.

Each is a moment in event time that follows from the state alone: the earliest at which the rule would hold if
nothing more came. The contract's numbers are in `thresholds`.
"""

from __future__ import annotations

from typing import NamedTuple

from callboard.live.engine.events import Plan
from callboard.live.engine.fold import NEVER
from callboard.live.engine.room import Room
from callboard.live.engine.wording import length, when


class Pending(NamedTuple):
    """What holds from `due` on; the lower `order` goes first at the same moment."""

    due: int
    order: int
    kind: str
    who: str | None = None

    def params(self, room: Room, at: int) -> dict[str, str | int]:
        plan = room.active
        assert plan is not None
        params: dict[str, str | int] = {} if self.who is None else {"participant": self.who}
        match self.kind:
            case "room_not_ready" | "instructor_missing" | "learner_missing":
                params["due"] = when(self.due)
            case "dropped":
                params["left"] = when(room.left[self.who or ""][0])
            case "room_empty":
                params["left"] = when(room.empty_since or at)
                params["remaining"] = length(plan.ends_at - at)
            case "overrun":
                params["ends"] = when(plan.ends_at)
        return params

    def evidence(self, room: Room) -> tuple[str, ...]:
        ids = [room.plan_id]
        if self.kind == "dropped":
            ids.append(room.left[self.who or ""][1])
        elif self.kind == "room_empty":
            ids += [event_id for at, event_id in room.left.values() if at == room.empty_since]
        elif self.kind == "stranger":
            ids.append(room.came[self.who or ""])
        elif self.kind == "overrun":
            ids += [room.came[who] for who in room.inside]
        return tuple(dict.fromkeys(one for one in ids if one))


def upcoming(room: Room, now: int) -> Pending:
    """What holds next, seen from `now`: one that is due already holds from now on."""
    return min(all_upcoming(room, now), key=lambda pending: pending[:2])


def all_upcoming(room: Room, now: int) -> list[Pending]:
    """All that would come to hold if nothing more came, in no order; the last resort among them is never."""
    found = [Pending(NEVER, 9, "none")]
    calm = room.book.calm_due()
    if calm < NEVER:
        found.append(Pending(calm, 0, "calm"))
    plan = room.active
    if plan is not None:
        _of_the_start(room, plan, found)
        _of_the_room(room, plan, now, found)
    if room.empty_since is not None and room.ended_at is None:
        since = room.empty_since if plan is None else max(room.empty_since, plan.starts_at)
        found.append(Pending(since + room.rules.ended_after_empty, 2, "end"))
    return found


def _of_the_start(room: Room, plan: Plan, found: list[Pending]) -> None:
    book = room.book
    if room.ready_at is None and not book.is_open("room_not_ready"):
        found.append(Pending(room_due(room, plan), 1, "room_not_ready"))
    if room.ended_at is not None:
        return
    who = plan.instructor
    if who is not None and who not in room.been and not book.is_open("instructor_missing", who):
        found.append(Pending(instructor_due(room, plan), 1, "instructor_missing", who))
    for who in plan.learners:
        if who not in room.been and not book.is_open("learner_missing", who):
            found.append(Pending(learner_due(room, plan, who), 1, "learner_missing", who))


def room_due(room: Room, plan: Plan) -> int:
    """15 minutes before the start; planned later than that, it has two from then."""
    due = plan.starts_at - room.rules.room_ready_before
    return due if room.starts_base <= due else room.starts_base + room.rules.room_ready_late_plan


def instructor_due(room: Room, plan: Plan) -> int:
    return max(plan.starts_at + room.rules.instructor_after, room.instructor_base)


def learner_due(room: Room, plan: Plan, who: str) -> int:
    return max(plan.starts_at + room.rules.learner_after, room.learner_bases[who])


def dropped_due(room: Room, plan: Plan, who: str) -> int:
    return max(room.left[who][0], plan.starts_at, room.filled_at) + room.rules.dropped_after


def empty_due(room: Room, plan: Plan) -> int:
    assert room.empty_since is not None
    return max(room.empty_since, plan.starts_at) + room.rules.empty_after


def _of_the_room(room: Room, plan: Plan, now: int, found: list[Pending]) -> None:
    rules, book = room.rules, room.book
    if room.ended_at is not None:
        return
    latest = plan.ends_at - rules.time_left  # raised before this, or not at all
    if room.inside:
        for who in room.left:
            if room.on_roster(who) and not book.is_open("dropped", who):
                due = dropped_due(room, plan, who)
                if max(due, now) < latest:
                    found.append(Pending(due, 4, "dropped", who))
        for who, since in room.inside.items():
            if not room.on_roster(who) and not book.is_open("stranger", who):
                found.append(Pending(since, 6, "stranger", who))
        if not book.is_open("overrun"):
            found.append(Pending(plan.ends_at + rules.overrun_after, 5, "overrun"))
    elif room.empty_since is not None and not book.is_open("room_empty"):
        due = empty_due(room, plan)
        if max(due, now) < latest:
            found.append(Pending(due, 3, "room_empty"))


def still_held(room: Room, kind: str, who: str | None, at: int) -> bool:
    """Whether a case that is open holds under the plan that came at `at`, or the old one alone raised it."""
    plan, rules = room.plan, room.rules
    assert plan is not None
    match kind:
        case "room_not_ready":
            return room_due(room, plan) <= at
        case "instructor_missing":
            return who == plan.instructor and instructor_due(room, plan) <= at
        case "learner_missing":
            return who is not None and who in plan.learners and learner_due(room, plan, who) <= at
        case "dropped":
            if who is None or not room.on_roster(who) or dropped_due(room, plan, who) > at:
                return False
            return room.book.raised_at(kind, who) < plan.ends_at - rules.time_left
        case "room_empty":
            if room.empty_since is None or empty_due(room, plan) > at:
                return False
            return room.book.raised_at(kind) < plan.ends_at - rules.time_left
        case "ended_early":
            return room.ended_at is not None and room.too_early(plan)
        case "overrun":
            return plan.ends_at + rules.overrun_after <= at
        case "stranger":
            return who is not None and not room.on_roster(who)
    return True
