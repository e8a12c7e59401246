"""Writes to cases.

The system's (`apply`, `raise_case`, ..., `raise_incident`, ..., queues, deadlines) need an open transaction
in an organization's scope. A person's (`claim` to `undo`) take an Access first and open their own.
"""

from callboard.cases.operations.acting import act, undo
from callboard.cases.operations.changes import Change, Clear, Raise, Reopen, Withdraw
from callboard.cases.operations.deadlines import mind_deadlines
from callboard.cases.operations.incidents import clear_incident, raise_incident, withdraw_incident
from callboard.cases.operations.outcomes import awaited, confirm, fail, record
from callboard.cases.operations.persons import assign, claim, move, note, release, resolve, snooze
from callboard.cases.operations.queues import (
    all_queues,
    create_default_queues,
    remove_queue,
    save_queue,
    save_routes,
    set_members,
)
from callboard.cases.operations.rolling import roll_up
from callboard.cases.operations.system import apply, clear_case, raise_case, withdraw_case

__all__ = [
    "Change",
    "Clear",
    "Raise",
    "Reopen",
    "Withdraw",
    "act",
    "all_queues",
    "apply",
    "assign",
    "awaited",
    "claim",
    "clear_case",
    "clear_incident",
    "confirm",
    "create_default_queues",
    "fail",
    "mind_deadlines",
    "move",
    "note",
    "raise_case",
    "raise_incident",
    "record",
    "release",
    "remove_queue",
    "resolve",
    "roll_up",
    "save_queue",
    "save_routes",
    "set_members",
    "snooze",
    "undo",
    "withdraw_case",
    "withdraw_incident",
]
