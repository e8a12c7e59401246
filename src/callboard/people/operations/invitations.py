"""Invitations: links that expire, open once, and can be copied. Only the hash of the token is kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from callboard.lib import clock, ids, tenancy
from callboard.lib.errors import Conflict, Forbidden, Invalid, NotFound
from callboard.people import rules
from callboard.people.access import Access, whose
from callboard.people.models import Invitation, Member, Organization, Person, Role, User
from callboard.people.operations import changes
from callboard.people.operations.checks import check_password, checked_email
from callboard.people.operations.members import add_member, create_login
from callboard.people.operations.persons import check_standing


def invite(
    email: str, role: str, person: Person | None = None, *, by: Access | None = None
) -> tuple[Invitation, str]:
    """Invite someone into the organization in scope; answers the token, which cannot be had again.

    A waiting invitation to the same address is revoked by it. `by` None: the system. Raises Invalid,
    Conflict (`already_member`, `merged`), Forbidden where the asker may not let in anyone of this role.
    """
    email = checked_email(email)
    if role not in Role.values or role == Role.SERVICE:
        raise Invalid(fields={"role": _("There is no such role.")})
    if by is not None and not by.may_grant(role):
        raise Forbidden(_("Only an admin can let in admins and coordinators."), permission="people.manage")
    if role in rules.ROLES_OF_PEOPLE and person is None:
        raise Invalid(fields={"person": _("This role needs to be somebody.")})
    if person is not None:
        check_standing(person)
    if Member.objects.filter(user__email=email, deactivated_at=None).exists():
        raise Conflict(_("They are a member already."), code="already_member")
    now = clock.now()
    Invitation.objects.filter(email=email, accepted_at=None, revoked_at=None).update(revoked_at=now)
    token = "".join(secrets.choice(ids.ALPHABET) for _i in range(rules.KEY_LENGTH))
    invitation = Invitation.objects.create(
        email=email,
        role=role,
        person=person,
        token_hash=rules.secret_hash(token),
        invited_by_id=by.user if by else None,
        expires_at=now + rules.INVITATION_LIFETIME,
    )
    changes.note(changes.INVITATION, str(invitation.pk), {}, {"role": role}, by)
    return invitation, token


def revoke_invitation(invitation_id: int, *, by: Access | None = None) -> bool:
    """Close a waiting invitation of the organization in scope. False where it was not waiting."""
    if by is not None:
        by.require("people.manage")
    waiting = Invitation.objects.filter(pk=invitation_id, accepted_at=None, revoked_at=None)
    found = waiting.first()
    if found is None or not waiting.update(revoked_at=clock.now()):
        return False
    changes.note(changes.INVITATION, str(found.pk), {"role": found.role}, {}, by)
    return True


@dataclass(frozen=True)
class Opened:
    """What whoever holds a link may see. `known`: the address has a login, which must sign in to accept."""

    invitation: Invitation
    organization: Organization
    known: bool


def open_invitation(token: str) -> Opened:
    """The waiting invitation of a token. Needs no scope. Raises NotFound (`invitation_over`)."""
    token_hash = rules.secret_hash(token)
    with transaction.atomic():
        tenancy.set_local("app.invitation", token_hash)
        invitation = Invitation._base_manager.filter(
            token_hash=token_hash, accepted_at=None, revoked_at=None, expires_at__gt=clock.now()
        ).first()
        tenancy.set_local("app.invitation", None)
        if invitation is None:
            raise NotFound(
                _("This invitation is over. Ask whoever invited you for a new one."), code="invitation_over"
            )
        with tenancy.organization_scope(whose(invitation)):
            organization = Organization.objects.get()
    known = User.objects.filter(email__iexact=invitation.email).exists()
    return Opened(invitation, organization, known)


def accept_invitation(
    token: str, *, name: str = "", password: str | None = None, user: User | None = None
) -> Member:
    """Become a member: as a new login with a password, or as the login that is signed in (`user`).

    Opens a transaction of its own. Raises NotFound (`invitation_over`), Conflict (`sign_in_first`) where the
    address has a login and it is not signed in, Forbidden (`for_another`) where another is, Invalid.
    """
    with transaction.atomic():
        opened = open_invitation(token)
        invitation = opened.invitation
        if user is not None and user.email.lower() != invitation.email:
            raise Forbidden(_("This invitation is for another address. Sign out first."), code="for_another")
        if user is None and opened.known:
            # The link alone must not open a login that other organizations trust too.
            raise Conflict(_("You have a login already. Sign in to accept."), code="sign_in_first")
        if user is None:
            check_password(password or "", User(email=invitation.email, name=name))
            user = create_login(invitation.email, name, password)
        with tenancy.organization_scope(whose(invitation)):
            accepted = Invitation.objects.filter(
                pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=clock.now()
            ).update(accepted_at=clock.now())
            if not accepted:
                raise NotFound(code="invitation_over")
            person = Person.objects.filter(pk=invitation.person_id).first() if invitation.person_id else None
            member = add_member(user, invitation.role, person)
            changes.note(changes.MEMBER, str(member.pk), {}, {"role": member.role}, user.pk)
            return member
