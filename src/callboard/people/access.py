"""Who is asking, for which organization, and what they may do: from a login or from a key.

An `Access` is what operations of other packages take as their first argument where a person acts. It is
read anew at every request, so that a role taken away or a key revoked opens nothing a moment later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.utils.translation import gettext as _

from callboard.lib import clock, tenancy
from callboard.lib.errors import Forbidden, NotFound, Unauthorized
from callboard.people import rules
from callboard.people.models import ApiKey, Member, Organization, Person, Role, User

SCOPES = rules.KEY_SCOPES

CHOSEN = "organization"
"""Under this name a browser's login remembers the id of the organization that it chose, of several."""


@dataclass(frozen=True)
class Access:
    """One asker in one organization.

    `member`, `user` and `key` are ids; a key has no member and no user and the role "service". `person` is
    the id of the person of the organization that a member is. `scopes` are the permissions in force.
    `zone` and `locale` are how times and words are told to them; `shortcuts`: whether keys are to act;
    `several`: their login belongs to other organizations too.
    """

    organization: int
    organization_slug: str
    member: int | None
    user: int | None
    role: str
    person: int | None
    key: int | None
    scopes: frozenset[str] = field(default_factory=frozenset)
    zone: str = "UTC"
    name: str = ""
    locale: str = "en"
    organization_name: str = ""
    organization_zone: str = "UTC"
    shortcuts: bool = True
    several: bool = False

    def may(self, permission: str) -> bool:
        return permission in self.scopes

    def may_any(self, permissions: Iterable[str]) -> bool:
        return not self.scopes.isdisjoint(permissions)

    def require(self, permission: str) -> None:
        """Raises Forbidden, with the `permission` that is missing."""
        if permission not in self.scopes:
            raise Forbidden(permission=permission)

    def may_grant(self, role: str) -> bool:
        """Whether they may let in someone of this role."""
        return self.may("people.manage") and rules.may_grant(self.role, role)


@dataclass(frozen=True)
class Membership:
    """An organization that a login may choose."""

    organization: int
    slug: str
    name: str
    role: str


def memberships(user_id: int) -> list[Membership]:
    """The organizations that a login may enter, by name. None for a login that is off."""
    return [
        Membership(member.organization.pk, member.organization.slug, member.organization.name, member.role)
        for member in sorted(_members(user_id), key=lambda each: each.organization.name)
    ]


def access_of_login(user_id: int, organization: str | int | None = None) -> Access:
    """What a login may do in an organization: the one named by slug or id, else the first it was let into.

    Needs no organization in scope. Raises Forbidden (`no_membership`) where it may enter none, or not the
    one named.
    """
    member, several = _member_of_login(user_id, organization)
    return replace(_access_of_member(member), several=several)


def access_of_user(user: User, organization: str | int | None = None) -> Access:
    """The same, without asking again where the login came with its memberships (people.signed_in)."""
    members = user.memberships if user.memberships is not None else _members(user.pk)
    member, several = _member_of(members, organization)
    return replace(_access_of_member(member), several=several)


def _member_of_login(user_id: int, organization: str | int | None = None) -> tuple[Member, bool]:
    return _member_of(_members(user_id), organization)


def _member_of(members: list[Member], organization: str | int | None) -> tuple[Member, bool]:
    """The membership, with its login, organization and person; whether there are others."""
    several = len(members) > 1
    if organization is not None:
        members = [each for each in members if organization in (each.organization.slug, each.organization_id)]
    if not members:
        raise Forbidden(_("This login belongs to no organization any more."), code="no_membership")
    member = members[0]
    if member.person_id is not None:
        with tenancy.organization_scope(whose(member)):
            member.person = Person.objects.get(pk=member.person_id)
    return member, several


def _access_of_member(member: Member) -> Access:
    """What an active member may do. They are told times in the zone that they or else the people who know
    them have said, else the organization's.
    """
    user: User = member.user
    organization = member.organization
    said = member.person if member.person and member.role in rules.ROLES_OF_PEOPLE else None
    return Access(
        organization=organization.pk,
        organization_slug=organization.slug,
        member=member.pk,
        user=user.pk,
        role=member.role,
        person=member.person_id,
        key=None,
        scopes=rules.permissions_of(member.role),
        zone=user.zone or (said and said.zone) or organization.zone,
        name=user.name or (said and said.name) or user.email,
        locale=user.locale or (said and said.locale) or organization.locale,
        organization_name=organization.name,
        organization_zone=organization.zone,
        shortcuts=user.shortcuts,
    )


def access_of_key(token: str) -> Access:
    """What a key may do. Needs no organization in scope. Raises Unauthorized.

    Notes the use, at most once a minute.
    """
    now = clock.now()
    key_hash = rules.secret_hash(token)
    with transaction.atomic():
        tenancy.set_local("app.api_key", key_hash)
        key = (
            ApiKey._base_manager.filter(key_hash=key_hash, revoked_at=None)
            .exclude(expires_at__lte=now)
            .first()
        )
        tenancy.set_local("app.api_key", None)
        if key is None:
            raise Unauthorized
        with tenancy.organization_scope(whose(key)):
            organization = Organization.objects.get()
            if key.last_used_at is None or now - key.last_used_at >= rules.KEY_USE_NOTED:
                ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return Access(
        organization=organization.pk,
        organization_slug=organization.slug,
        member=None,
        user=None,
        role=Role.SERVICE.value,
        person=None,
        key=key.pk,
        scopes=frozenset(key.scopes) & rules.KEY_SCOPES,
        zone=organization.zone,
        name=key.name,
        locale=organization.locale,
        organization_name=organization.name,
        organization_zone=organization.zone,
    )


def access_of_operator(slug: str) -> Access:
    """What whoever runs commands on the machine itself may do in an organization: all that a key may.

    Needs no organization in scope. Raises NotFound.
    """
    with tenancy.sweep():
        organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise NotFound(_("There is no such organization."))
    return Access(
        organization=organization.pk,
        organization_slug=organization.slug,
        member=None,
        user=None,
        role=Role.SERVICE.value,
        person=None,
        key=None,
        scopes=rules.KEY_SCOPES,
        zone=organization.zone,
        locale=organization.locale,
        organization_name=organization.name,
        organization_zone=organization.zone,
    )


def belongs_elsewhere(user_id: int, organization: int) -> bool:
    """Whether a login is, or was, let into another organization too."""
    with tenancy.user_scope(user_id):
        return Member._base_manager.filter(user_id=user_id).exclude(organization_id=organization).exists()


def whose(row: tenancy.TenantModel) -> int:
    """The id of the organization that a row belongs to."""
    assert row.organization_id is not None
    return row.organization_id


def _members(user_id: int) -> list[Member]:
    """The active memberships of an active login, the oldest first, each with organization and login."""
    with tenancy.user_scope(user_id):
        return list(
            Member._base_manager.filter(user_id=user_id, user__is_active=True, deactivated_at=None)
            .select_related("organization", "user")
            .order_by("created_at", "pk")
        )
