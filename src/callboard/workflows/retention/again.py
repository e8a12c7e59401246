"""After a restore: what stood announced in the backup is announced anew, with a week of its own."""

from __future__ import annotations

from callboard.lib.backups.after import Restored
from callboard.lib.tenancy import organization_scope
from callboard.people.queries import all_organizations
from callboard.sessions.operations import announcing


def announce_again(restored: Restored) -> int:  # noqa: ARG001 - whenever it was taken
    """Answers how many things were withdrawn. What was begun with may have lost files, and is finished."""
    count = 0
    for organization in all_organizations():
        with organization_scope(organization):
            count += announcing.withdraw_all()
    return count
