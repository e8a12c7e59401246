"""Logins and their memberships: who is let in, as what, and who no longer."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from callboard.lib import clock, pubsub
from callboard.lib.errors import Conflict, Forbidden, Invalid, NotFound
from callboard.people import rules
from callboard.people.access import Access
from callboard.people.models import Member, Person, Role, User
from callboard.people.operations import changes
from callboard.people.operations.checks import check_password, check_zone, checked_email


def create_login(email: str, name: str = "", password: str | None = None) -> User:
    """A login, or the one that has this address already, left as it is. Its address counts as confirmed.

    Raises Invalid for an address or a password that cannot be, Conflict (`login_taken`) in a race for it.
    """
    email = checked_email(email)
    known = User.objects.filter(email__iexact=email).first()
    if known is not None:
        return known
    if password is not None:
        check_password(password, User(email=email, name=name))
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, name=name.strip())
            EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    except IntegrityError as error:  # another was first, and its password may be somebody else's
        raise Conflict(_("Someone has just made a login of this address."), code="login_taken") from error
    return user


def add_member(user: User, role: str, person: Person | None = None) -> Member:
    """Let a login into the organization in scope; one who was deactivated is let in again, as `role` now.

    Raises Invalid where the role must be a person and is none, Conflict (`already_member`).
    """
    if role not in Role.values:
        raise Invalid(fields={"role": _("There is no such role.")})
    if role in rules.ROLES_OF_PEOPLE and person is None:
        raise Invalid(fields={"person": _("This role needs to be somebody.")})
    member, made = Member.objects.get_or_create(user=user, defaults={"role": role, "person": person})
    if not made:
        if member.deactivated_at is None:
            raise Conflict(_("They are a member already."), code="already_member", member=member.pk)
        member.role, member.person, member.deactivated_at = role, person, None
        member.save(update_fields=["role", "person", "deactivated_at"])
    _tell(member)
    return member


def change_role(access: Access, member_id: int, role: str) -> Member:
    """Let a member be something else. Needs the organization's scope. Raises NotFound, Forbidden, Invalid."""
    member = _changeable(access, member_id)
    if not access.may_grant(role):
        raise Forbidden(permission="people.manage")
    if role in rules.ROLES_OF_PEOPLE and member.person_id is None:
        raise Invalid(fields={"role": _("This role needs to be somebody.")})
    _keep_an_admin(member, role)
    changes.note(changes.MEMBER, str(member.pk), {"role": member.role}, {"role": role}, access)
    member.role = role
    member.save(update_fields=["role"])
    _tell(member)
    return member


def deactivate_member(access: Access, member_id: int) -> Member:
    """Let a member in no more, from now on; what they did stays. Needs the organization's scope."""
    member = _changeable(access, member_id)
    if member.user_id == access.user:
        raise Conflict(_("You cannot lock yourself out."), code="oneself")
    _keep_an_admin(member, None)
    if member.deactivated_at is None:
        member.deactivated_at = clock.now()
        member.save(update_fields=["deactivated_at"])
        changes.note(changes.MEMBER, str(member.pk), {"let_in": True}, {"let_in": False}, access)
        _tell(member)
    return member


def reactivate_member(access: Access, member_id: int) -> Member:
    """Let a deactivated member in again. Twice is once. Needs the organization's scope."""
    member = _changeable(access, member_id)
    if member.deactivated_at is not None:
        member.deactivated_at = None
        member.save(update_fields=["deactivated_at"])
        changes.note(changes.MEMBER, str(member.pk), {"let_in": False}, {"let_in": True}, access)
        _tell(member)
    return member


def change_own(user: User, *, name: str, zone: str, locale: str, shortcuts: bool) -> User:
    """What a login says of itself. Raises Invalid for a zone that IANA does not know."""
    if zone:
        check_zone(zone)
    user.name, user.zone, user.locale, user.shortcuts = name.strip(), zone, locale, shortcuts
    user.save(update_fields=["name", "zone", "locale", "shortcuts"])
    return user


def _changeable(access: Access, member_id: int) -> Member:
    """The member, locked, if the asker may grant the role that they have now."""
    access.require("people.manage")
    member = Member.objects.select_for_update().filter(pk=member_id).first()
    if member is None:
        raise NotFound
    if not access.may_grant(member.role):
        raise Forbidden(permission="people.manage")
    return member


def _keep_an_admin(member: Member, role: str | None) -> None:
    """Refuse what would leave an organization without an admin."""
    if member.role != Role.ADMIN or role == Role.ADMIN:
        return
    # Locked together, so that two admins cannot each remove the other.
    admins = Member.objects.filter(role=Role.ADMIN, deactivated_at=None).order_by("pk")
    if not [each for each in admins.select_for_update() if each.pk != member.pk]:
        raise Conflict(_("An organization needs an admin. Make someone else one first."), code="last_admin")


def _tell(member: Member) -> None:
    pubsub.publish("person", organization=member.organization_id, member=member.pk, person=member.person_id)
