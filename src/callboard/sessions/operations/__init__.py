"""Writes to sessions. All need an organization's scope (lib.tenancy), and work in its open transaction.

Locks are taken in one order everywhere: persons (sorted), then the session's row, then the log of evidence.
What may still collide is tried again inside (`locks.insist`), so that no caller ever sees a deadlock.
"""

from callboard.sessions.operations.attendance import mark_absent, unmark_absent
from callboard.sessions.operations.booking import book, book_many
from callboard.sessions.operations.changing import cancel, change_instructor, move
from callboard.sessions.operations.consents import recheck_recording, recheck_session
from callboard.sessions.operations.extending import extend, longest
from callboard.sessions.operations.life import all_ended, all_went_live, end, ended, went_live
from callboard.sessions.operations.recording import Heard, note_recording, note_recordings, restart_recording
from callboard.sessions.operations.rooms import (
    place_room,
    room_closed,
    room_problem,
    room_ready,
    room_replaced,
)
from callboard.sessions.operations.weekly import book_weekly
from callboard.sessions.rules import LINK, Booking, room_at

__all__ = [
    "LINK",
    "Booking",
    "Heard",
    "all_ended",
    "all_went_live",
    "book",
    "book_many",
    "book_weekly",
    "cancel",
    "change_instructor",
    "end",
    "ended",
    "extend",
    "longest",
    "mark_absent",
    "move",
    "note_recording",
    "note_recordings",
    "place_room",
    "recheck_recording",
    "recheck_session",
    "restart_recording",
    "room_at",
    "room_closed",
    "room_problem",
    "room_ready",
    "room_replaced",
    "unmark_absent",
    "went_live",
]
