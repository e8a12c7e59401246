"""Settings, as shown: who signs in, who is invited, which keys programs hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from callboard.people.models import ApiKey, Invitation, Member, Role
from callboard.web import times
from callboard.web.forms import SCOPE_NAMES
from callboard.web.viewer import Viewer


@dataclass(frozen=True)
class MemberRow:
    """`roles` are what they can be made, (value, words, chosen); none where the viewer may not."""

    pk: int
    name: str
    email: str
    role: str
    active: bool
    me: bool
    roles: list[tuple[str, str, bool]]


@dataclass(frozen=True)
class InvitationRow:
    pk: int
    email: str
    role: str
    person: str
    ends: str
    over: bool


@dataclass(frozen=True)
class KeyRow:
    pk: int
    name: str
    hint: str
    scopes: str
    made: str
    used: str
    ends: str


def members(rows: Iterable[Member], viewer: Viewer) -> list[MemberRow]:
    return [_member(each, viewer) for each in rows]


def _member(member: Member, viewer: Viewer) -> MemberRow:
    changeable = viewer.access.may_grant(member.role) and member.pk != viewer.access.member
    possible = [role for role in Role.values if viewer.access.may_grant(role)]
    if member.person_id is None:
        possible = [role for role in possible if role in (Role.ADMIN, Role.COORDINATOR)]
    return MemberRow(
        pk=member.pk,
        name=member.user.name or member.user.email,
        email=member.user.email,
        role=str(Role(member.role).label),
        active=member.deactivated_at is None,
        me=member.pk == viewer.access.member,
        roles=[(role, str(Role(role).label), role == member.role) for role in possible] if changeable else [],
    )


def invitations(rows: Iterable[Invitation], viewer: Viewer, now: datetime) -> list[InvitationRow]:
    return [
        InvitationRow(
            pk=each.pk,
            email=each.email,
            role=str(Role(each.role).label),
            person=each.person.name if each.person else "",
            ends=times.when(each.expires_at, viewer.tz, now),
            over=each.expires_at <= now,
        )
        for each in rows
    ]


def keys(rows: Iterable[ApiKey], viewer: Viewer, now: datetime) -> list[KeyRow]:
    return [
        KeyRow(
            pk=each.pk,
            name=each.name,
            hint=f"{each.hint}…",
            scopes=", ".join(str(SCOPE_NAMES.get(scope, scope)) for scope in each.scopes),
            made=times.when(each.created_at, viewer.tz, now),
            used=times.when(each.last_used_at, viewer.tz, now) if each.last_used_at else _("never"),
            ends=times.when(each.expires_at, viewer.tz, now) if each.expires_at else _("never"),
        )
        for each in rows
    ]
