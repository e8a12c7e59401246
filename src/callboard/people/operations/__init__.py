"""Writes about people. Each says whether it needs the organization's scope or opens a transaction itself."""

from callboard.people.operations.consent_links import (
    consent_link_sent,
    consent_link_used,
    consent_path,
    consent_url,
    open_consent_link,
    organization_of_consent_link,
    replace_consent_link,
)
from callboard.people.operations.consents import (
    answer_consent,
    give_consent,
    note_consent,
    withdraw_consent,
)
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
from callboard.people.operations.proofs import (
    Proof,
    checked_proof,
    keep_proof,
    proof_file_name,
    proof_of,
    read_proof,
)

__all__ = [
    "Draft",
    "Opened",
    "Proof",
    "accept_invitation",
    "add_guardian",
    "add_guardians",
    "add_instructor",
    "add_member",
    "add_student",
    "answer_consent",
    "bootstrap_admin",
    "change_organization",
    "change_own",
    "change_role",
    "check_first_run",
    "checked_proof",
    "consent_link_sent",
    "consent_link_used",
    "consent_path",
    "consent_url",
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
    "keep_proof",
    "leave",
    "logins",
    "note_consent",
    "note_login",
    "open_consent_link",
    "open_invitation",
    "organization_of_consent_link",
    "proof_file_name",
    "proof_of",
    "reactivate_member",
    "read_proof",
    "remove_guardian",
    "replace_consent_link",
    "revoke_api_key",
    "revoke_invitation",
    "set_up",
    "withdraw_consent",
]
