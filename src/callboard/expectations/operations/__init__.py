"""Writes to promises. All need an organization's scope (lib.tenancy), and work in its open transaction."""

from callboard.expectations.operations.deriving import SessionPromises
from callboard.expectations.operations.due import mind_due
from callboard.expectations.operations.policy import derive_plans, restore_policy, set_policy
from callboard.expectations.operations.recording import Kept, record, record_many
from callboard.expectations.operations.rolling import roll_up
from callboard.expectations.operations.waiving import keep, promise, unwaive_person, waive_asked, waive_person

__all__ = [
    "Kept",
    "SessionPromises",
    "derive_plans",
    "keep",
    "mind_due",
    "promise",
    "record",
    "record_many",
    "restore_policy",
    "roll_up",
    "set_policy",
    "unwaive_person",
    "waive_asked",
    "waive_person",
]
