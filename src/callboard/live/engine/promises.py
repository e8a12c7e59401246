"""What was promised of a session and became of it, as far as live evidence can tell.

A promise is met, late (met after it was due), missed (not met at the session's end; what follows the
session, 24 hours after it was due), waived, or still open.
"""

from __future__ import annotations

from typing import NamedTuple

from callboard.live.engine.events import Plan
from callboard.live.engine.fold import NEVER
from callboard.live.engine.moments import HOUR
from callboard.live.engine.presence_rules import instructor_due, learner_due, room_due
from callboard.live.engine.recording import Recording
from callboard.live.engine.room import Room


class Promise(NamedTuple):
    due_at: int | None
    status: str
    met_at: int | None = None


Promises = dict[tuple[str, str | None], Promise]


def promises(room: Room, recording: Recording, now: int) -> tuple[Promises, int]:
    """All of the plan's promises, and when time alone will change one."""
    plan = room.plan
    if plan is None:
        return {}, NEVER
    over = room.ended_at is not None
    found: Promises = {}

    def note(kind: str, who: str | None, due: int | None, met: int | None, lost: bool) -> None:
        if met is not None:
            status = "met" if due is None or met <= due else "late"
        elif room.cancelled:
            status = "waived"
        else:
            status = "missed" if lost else "open"
        found[kind, who] = Promise(due, status, met)

    note("room_ready", None, room_due(room, plan), room.ready_at, over)
    if plan.instructor is not None:
        came = room.been.get(plan.instructor)
        note("instructor_in", plan.instructor, instructor_due(room, plan), came, over)
    for who in plan.learners:
        note("learner_in", who, learner_due(room, plan, who), room.been.get(who), over)
    if plan.recording:
        due = None if room.first_live is None else room.first_live + room.rules.recording_after_live
        note("recording_running", None, due, recording.ran_at, over)
    lasted = over and not room.too_early(plan)
    note("lasted", None, plan.ends_at, room.ended_at if lasted else None, over)
    if lasted and not room.cancelled:
        found["lasted", None] = Promise(plan.ends_at, "met", room.ended_at)
    turns = _file(room, recording, plan, now, found)
    return found, turns


def _file(room: Room, recording: Recording, plan: Plan, now: int, found: Promises) -> int:
    """The recording's file: due half an hour after the end, given up a day after that."""
    if not plan.recording and recording.ran_at is None:
        return NEVER
    met = recording.file_at
    if room.cancelled and met is None:
        found["file_arrived", None] = Promise(None, "waived")
        return NEVER
    if room.ended_at is None:
        due = plan.ends_at + room.rules.file_after
        found["file_arrived", None] = Promise(due, "open" if met is None else "met", met)
        return NEVER
    due = room.ended_at + room.rules.file_after
    if met is not None:
        found["file_arrived", None] = Promise(due, "met" if met <= due else "late", met)
        return NEVER
    lost = due + 24 * HOUR
    found["file_arrived", None] = Promise(due, "missed" if lost <= now else "open")
    return NEVER if lost <= now else lost
