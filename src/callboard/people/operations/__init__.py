"""Writes about people. Each says whether it needs the organization's scope or opens a transaction itself."""

from callboard.people.operations.consents import give_consent, withdraw_consent
from callboard.people.operations.first_run import check_first_run, first_run_token, is_empty, set_up
from callboard.people.operations.invitations import (
    Opened,
    accept_invitation,
    invite,
    open_invitation,
    revoke_invitation,
)
from callboard.people.operations.keys import create_api_key, revoke_api_key
from callboard.people.operations.logins import end_login, end_other_logins, logins, note_login
from callboard.people.operations.members import (
    add_member,
    change_own,
    change_role,
    create_login,
    deactivate_member,
    reactivate_member,
)
from callboard.people.operations.organizations import (
    bootstrap_admin,
    change_organization,
    create_organization,
)
from callboard.people.operations.persons import (
    Draft,
    add_guardian,
    add_guardians,
    add_instructor,
    add_student,
    create_people,
    create_person,
    leave,
    remove_guardian,
)

__all__ = [
    "Draft",
    "Opened",
    "accept_invitation",
    "add_guardian",
    "add_guardians",
    "add_instructor",
    "add_member",
    "add_student",
    "bootstrap_admin",
    "change_organization",
    "change_own",
    "change_role",
    "check_first_run",
    "create_api_key",
    "create_login",
    "create_organization",
    "create_people",
    "create_person",
    "deactivate_member",
    "end_login",
    "end_other_logins",
    "first_run_token",
    "give_consent",
    "invite",
    "is_empty",
    "leave",
    "logins",
    "note_login",
    "open_invitation",
    "reactivate_member",
    "remove_guardian",
    "revoke_api_key",
    "revoke_invitation",
    "set_up",
    "withdraw_consent",
]
