"""Plans in the log: booking, moving and cancelling are evidence too, with the rules then in force.

So the same log gives the same cases, always. Called by `sessions` through its port, in the transaction of the
change, last of all: the log's lock is held until the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from callboard.lib import clock, tenancy
from callboard.live import rulebook
from callboard.live.log.lines import Line
from callboard.live.log.postgres import EPOCH, MICROSECOND, append
from callboard.sessions.models import Participant, ParticipantRole, Room, Session

Planned = tuple[Session, Iterable[Participant], Room | None]


class PlanLog:
    """Fills `sessions.ports.PlanLog`."""

    def write_plan(self, session: Session, participants: Iterable[Participant], room: Room | None) -> None:
        """Write the plan as it now stands. Needs an open transaction in the organization's scope."""
        self.write_plans([(session, participants, room)])

    def write_plans(self, plans: Sequence[Planned]) -> None:
        """Write many plans at once; the log's lock is taken once, at the end."""
        at, names = clock.now(), _rules(plans)
        append([_line(session, "planned", at, _plan(session, list(who), room, rules))
                for (session, who, room), rules in zip(plans, names, strict=True)])  # fmt: skip

    def write_rules(self, plans: Sequence[Planned]) -> None:
        """Write plans again that are as they were, for the rules that are now in force."""
        at, names = clock.now(), _rules(plans)
        append([_line(session, "planned", at, _plan(session, list(who), room, rules), f"-rules-{rules}")
                for (session, who, room), rules in zip(plans, names, strict=True)])  # fmt: skip

    def write_cancelled(self, session: Session) -> None:
        """Write that the session is off. Needs an open transaction in the organization's scope."""
        append([_line(session, "cancelled", clock.now(), {})])


def _rules(plans: Sequence[Planned]) -> list[str | None]:
    """The names of the rules in force for each."""
    found = rulebook.many((session.subject, session.key) for session, _, _ in plans)
    return [each.name for each in found]


def _line(session: Session, what: str, at: datetime, data: dict[str, Any], more: str = "") -> Line:
    moment = (at - EPOCH) // MICROSECOND
    id_ = f"{'plan' if what == 'planned' else 'cancel'}-{session.key}-{session.version}{more}"
    return Line(
        tenancy.current_organization(), session.key, id_, f"session.{what}", moment, moment,
        data=msgspec.json.encode(data).decode(),
    )  # fmt: skip


def _plan(session: Session, who: list[Participant], room: Room | None, rules: str | None) -> dict[str, Any]:
    active = [participant for participant in who if participant.active]
    instructor = [one.person.key for one in active if one.role == ParticipantRole.INSTRUCTOR]
    plan: dict[str, Any] = {
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "instructor": instructor[0] if instructor else None,
        "learners": [one.person.key for one in active if one.role == ParticipantRole.LEARNER],
        "recording": session.recording_wanted,
        "provider": session.provider,
    }
    if session.consents_missing:
        plan["unrecorded"] = "consent"
    if room is not None and room.region:
        plan["region"] = room.region
    if room is not None and room.node:
        plan["node"] = room.node
    if rules is not None:
        plan["rules"] = rules
    return plan
