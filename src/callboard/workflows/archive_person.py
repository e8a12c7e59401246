"""A person goes into the archive, unless somebody still counts on them.

1. They have sessions to come: refused, with how many. Those are cancelled or given to someone else first.
2. Else they are archived (people.operations.editing), in the same transaction as that look.
Taking back that they came out of it is the same story once more.
"""

from __future__ import annotations

from django.utils.translation import ngettext

from callboard.lib.errors import Conflict
from callboard.people.access import Access
from callboard.people.operations import editing
from callboard.people.records import PersonChange
from callboard.sessions.operations import handing
from callboard.sessions.operations.locks import lock_people


def archive(access: Access, person_id: int) -> PersonChange:
    """Needs an open transaction in the organization's scope. Raises NotFound, Forbidden, Conflict
    (`has_sessions`, `archived_already`).
    """
    editing.held(access, person_id)
    lock_people({person_id})
    coming = handing.sessions_to_come(person_id)
    if coming:
        words = ngettext(
            "They have %(n)d session to come. Cancel it, or let someone else take their place, first.",
            "They have %(n)d sessions to come. Cancel them, or let someone else take their place, first.",
            len(coming),
        ) % {"n": len(coming)}
        raise Conflict(words, code="has_sessions", sessions=[each.key for each in coming[:20]])
    return editing.archive_person(access, person_id)


def archive_again(access: Access, person_id: int, change_id: int) -> PersonChange:
    """Take back that they were restored. As `archive`; raises Conflict (`undone_already`, `too_late`) too."""
    change = editing.change_to_undo(editing.held(access, person_id), change_id)
    archive(access, person_id)
    return editing.undone(change)
