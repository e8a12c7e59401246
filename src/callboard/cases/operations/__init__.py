"""Writes to cases.

The system's (`apply`, `raise_case`, ..., `raise_incident`, ..., queues, deadlines) need an open transaction
in an organization's scope. A person's (`claim` to `undo`) take an Access first and open their own.
"""

from callboard.cases.operations.acting import act, undo
from callboard.cases.operations.bulk import Many, Outcome, act_on, undo_batch
from callboard.cases.operations.changes import Change, Clear, Raise, Reopen, Withdraw
from callboard.cases.operations.deadlines import mind_deadlines
from callboard.cases.operations.desk import (
    hand_over,
    looked,
    read_mentions,
    remove_filter,
    roll_up_touches,
    save_filter,
)
from callboard.cases.operations.incidents import (
    clear_incident,
    mind_incidents,
    raise_incident,
    withdraw_incident,
)
from callboard.cases.operations.outcomes import awaited, confirm, fail, record
from callboard.cases.operations.persons import assign, claim, move, note, release, resolve, snooze
from callboard.cases.operations.queues import (
    all_queues,
    create_default_queues,
    remove_queue,
    save_queue,
    set_members,
)
from callboard.cases.operations.rolling import roll_up
from callboard.cases.operations.routes import Placed, save_routes, undo_routes, where
from callboard.cases.operations.system import apply, clear_case, raise_case, withdraw_case
from callboard.cases.operations.together import (
    act_on_incident,
    assign_incident,
    claim_incident,
    release_incident,
)

__all__ = [
    "Change",
    "Clear",
    "Many",
    "Outcome",
    "Placed",
    "Raise",
    "Reopen",
    "Withdraw",
    "act",
    "act_on",
    "act_on_incident",
    "all_queues",
    "apply",
    "assign",
    "assign_incident",
    "awaited",
    "claim",
    "claim_incident",
    "clear_case",
    "clear_incident",
    "confirm",
    "create_default_queues",
    "fail",
    "hand_over",
    "looked",
    "mind_deadlines",
    "mind_incidents",
    "move",
    "note",
    "raise_case",
    "raise_incident",
    "read_mentions",
    "record",
    "release",
    "release_incident",
    "remove_filter",
    "remove_queue",
    "resolve",
    "roll_up",
    "roll_up_touches",
    "save_filter",
    "save_queue",
    "save_routes",
    "set_members",
    "snooze",
    "undo",
    "undo_batch",
    "undo_routes",
    "where",
    "withdraw_case",
    "withdraw_incident",
]
