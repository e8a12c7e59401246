"""Who is in and what of the plan that breaks: eight of the kinds, the session's end, and the steps of the
rest.

The fold takes plans, cancellations, the room's own events, joins and leaves. Its state hands on `steps`
(live or not, ended or not, who came and went, who teaches) to the folds of recorders, microphones and
connections.
"""

from __future__ import annotations

from typing import Any

from callboard.live.engine.events import Plan
from callboard.live.engine.fold import Item
from callboard.live.engine.presence_rules import Pending, still_held, upcoming
from callboard.live.engine.room import Links, Room
from callboard.live.engine.thresholds import Rules
from callboard.live.engine.wording import length, when


class Presence(Room):
    """How evidence and time change the state of one session's plan and room."""

    # -- evidence

    def apply(self, item: Item) -> None:
        at, _, event_id, _, kind, who, data = item
        before = self.instructor
        match kind:
            case "participant.joined":
                self._joined(item, at, event_id, who, data)
            case "participant.left":
                self._link_left(item, at, event_id, who, data)
            case "session.planned":
                self._planned(item, at, event_id, data)
            case "session.cancelled":
                self.cancelled = True
                self.book.clear_all(at)
                self._step(item, "cancelled", True)
            case "room.ready":
                self._ready(at)
            case "room.started":
                self.started_at = at if self.started_at is None else self.started_at
                self._ready(at)
                self._revive(item, at, by_join=False)
            case "room.ended":
                self._room_ended(item, at, event_id)
            case "rules":
                self._ruled(item, at, data)
            case "room.lost":
                self._room_lost(at, event_id, data.node)
        if self.instructor != before:
            self._step(item, "instructor", self.instructor)
        self._note_live(item)
        self._settle(at)

    def _step(self, item: Item, code: str, value: Any) -> None:
        self.steps.append((item[0], item[1], item[2], len(self.steps), code, value))

    def _ruled(self, item: Item, at: int, rules: Rules) -> None:
        """Other rules are in force from now on."""
        self.rules = rules
        self.book.adopt(rules, at, lambda kind, who: self.active is None or still_held(self, kind, who, at))
        self._step(item, "rules", rules)

    def _planned(self, item: Item, at: int, event_id: str, plan: Plan) -> None:
        old = self.active
        if self.ended_at is not None and plan.starts_at > self.ended_at:
            self._unend(item)
            self.been = {who: since for who, since in self.been.items() if who in self.inside}
            self.left.clear()
        if old is None or old.starts_at != plan.starts_at:
            self.starts_base = self.instructor_base = at
            self.learner_bases = dict.fromkeys(plan.learners, at)
        else:
            if old.instructor != plan.instructor:
                self.instructor_base = at
            self.learner_bases = {who: self.learner_bases.get(who, at) for who in plan.learners}
        if self.cancelled:
            self.cancelled = False
            self._step(item, "cancelled", False)
        self.plan, self.plan_id = plan, event_id
        self._step(item, "wanted", plan.recording)
        for kind, who in list(self.book.open):
            if not still_held(self, kind, who, at):
                self.book.clear(self.rules, kind, who, at)

    def _ready(self, at: int) -> None:
        if self.ready_at is None:
            self.ready_at = at
        self.book.clear(self.rules, "room_not_ready", None, at)
        self.book.clear(self.rules, "room_lost", None, at)

    def _room_lost(self, at: int, event_id: str, node: str | None) -> None:
        """Its server is gone, and with it the room; who was in may not have been told."""
        if self.cancelled or self.ended_at is not None or self.book.is_open("room_lost"):
            return
        where = node or (self.plan.node if self.plan is not None else None)
        key = "room_lost" if where is None else "room_lost_at"
        params: dict[str, str | int] = {} if where is None else {"node": where}
        self.book.raise_(self.rules, "room_lost", None, at, key, params, (event_id,))

    def _joined(self, item: Item, at: int, event_id: str, who: str, data: Any) -> None:
        if data is not None and data.role is not None:
            self.roles[who] = "instructor" if data.role == "instructor" else "learner"
        link = None if data is None else data.connection
        if link is not None:
            if self.links is None:
                self.links = Links()
            if self.links.over(link, at):
                return
            self.links.join(who, link, who in self.inside)
        self.book.clear(self.rules, "room_lost", None, at)
        if who in self.inside:
            return
        self._ready(at)
        self._revive(item, at, by_join=True)
        if not self.inside:
            self.filled_at = at
            self.empty_since = None
            self.book.clear(self.rules, "room_empty", None, at)
        self.inside[who] = at
        self.been.setdefault(who, at)
        self.came[who] = event_id
        self.left.pop(who, None)
        for kind in ("instructor_missing", "learner_missing", "dropped"):
            self.book.clear(self.rules, kind, who, at)
        self._step(item, "in", who)

    def _link_left(self, item: Item, at: int, event_id: str, who: str, data: Any) -> None:
        if data is not None and data.connection is not None:
            if self.links is None:
                self.links = Links()
            if not self.links.leave(who, data.connection, at):
                return
        self._left(item, at, event_id, who)

    def _left(self, item: Item, at: int, event_id: str, who: str) -> None:
        if self.links is not None:
            self.links.out(who, at)
        since = self.inside.pop(who, None)
        if since is None:
            return
        self.stays[who] = (*self.stays.get(who, ()), (since, at))
        self.left[who] = (at, event_id)
        self.book.clear(self.rules, "stranger", who, at)
        self._step(item, "out", who)
        if not self.inside:
            self.empty_since = at
            self.book.clear(self.rules, "overrun", None, at)

    def _room_ended(self, item: Item, at: int, event_id: str) -> None:
        for who in list(self.inside):
            self._left(item, at, event_id, who)
        if self.stays and self.ended_at is None:
            self.closed = True
            self._end(item, at, at)

    # -- the end, and coming back from it

    def _end(self, item: Item, at: int, missing_from: int) -> None:
        self.ended_at, self.missing_from = at, missing_from
        plan = self.active
        if plan is not None and self.too_early(plan) and not self.book.is_open("ended_early"):
            params: dict[str, str | int] = {
                "ended": when(missing_from),
                "missing": length(plan.ends_at - missing_from),
                "planned": length(plan.ends_at - plan.starts_at),
            }
            evidence = tuple(dict.fromkeys(one for one in (self.plan_id, item[2], self._last_left()) if one))
            self.book.raise_(self.rules, "ended_early", None, at, "ended_early", params, evidence)
        self.book.clear(self.rules, "room_empty", None, at)
        self.book.clear(self.rules, "room_lost", None, at)
        self.book.end_unstable(at)
        self._step(item, "ended", True)

    def _last_left(self) -> str:
        return max(self.left.values(), default=(0, ""))[1]

    def _unend(self, item: Item) -> None:
        self.ended_at, self.closed = None, False
        self._step(item, "ended", False)

    def _revive(self, item: Item, at: int, by_join: bool) -> None:
        """People are back before the planned end, so it has not ended after all; a closed room must start
        anew.
        """
        if self.ended_at is None or (self.closed and by_join):
            return
        if self.plan is None or at < self.plan.ends_at:
            self._unend(item)

    def _note_live(self, item: Item) -> None:
        live = self._is_live()
        if live != self.live:
            self.live = live
            if live and self.first_live is None:
                self.first_live = item[0]
            self._step(item, "live", live)

    def _is_live(self) -> bool:
        if self.cancelled or self.ended_at is not None:
            return False
        inside, plan = self.inside, self.plan
        if plan is not None and plan.instructor is not None:
            return plan.instructor in inside and any(who in inside for who in plan.learners)
        if plan is None and self.roles:
            teaching = sum(self.roles.get(who) == "instructor" for who in inside)
            return 0 < teaching < len(inside)
        return len(inside) >= 2

    # -- what falls due

    def fire(self) -> None:
        at = self.fired = self.due
        self._settle(at)

    def _settle(self, at: int) -> None:
        """Raises what holds by now, one after another, and notes when the next is due."""
        while (pending := upcoming(self, at)).due <= at:
            self._happen(pending, at)
        self.due = pending.due

    def _happen(self, pending: Pending, at: int) -> None:
        timer: Item = (at, -1, "", 0, "timer")
        if pending.kind == "end":
            assert self.empty_since is not None
            self._end(timer, at, self.empty_since)
            self._note_live(timer)
            return
        if pending.kind == "calm":
            self.book.settle_calm(at)
            return
        self.book.raise_(
            self.rules,
            pending.kind,
            pending.who,
            at,
            pending.kind,
            pending.params(self, at),
            pending.evidence(self),
        )
        if pending.kind == "room_empty":
            for kind, who in list(self.book.open):
                if kind == "dropped":
                    self.book.clear(self.rules, kind, who, at)
