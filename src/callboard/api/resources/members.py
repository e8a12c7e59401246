"""Who may sign in, who is invited, which programs have keys, and who is asking."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Status

from callboard.api.guard import Asked
from callboard.api.resources.people import by_key
from callboard.api.shapes import people as shapes
from callboard.lib.errors import NotFound
from callboard.people import operations, queries

router = Router(tags=["Members"])
invitations = Router(tags=["Members"])
keys = Router(tags=["Keys"])
me = Router(tags=["Me"])


@me.get("", response=shapes.Me, operation_id="get_me")
def get_me(request: Asked) -> Any:
    """Who asks, and what they may do."""
    access = request.access
    person = queries.person(access.person) if access.person else None
    return {
        "organization": access.organization_slug,
        "role": access.role,
        "member": access.member,
        "person": person.key if person else None,
        "name": access.name,
        "zone": access.zone,
        "scopes": sorted(access.scopes),
    }


@router.get("", response=shapes.MemberList, operation_id="list_members")
def list_members(request: Asked) -> Any:
    request.access.require("people.manage")
    return {"items": [shapes.member_item(member) for member in queries.members()]}


@router.put("/{int:member}/role", response=shapes.MemberItem, operation_id="change_role")
def change_role(request: Asked, member: int, given: shapes.RoleIn) -> Any:
    operations.change_role(request.access, member, given.role)
    return shapes.member_item(queries.members().get(pk=member))


@router.post("/{int:member}/deactivate", response=shapes.MemberItem, operation_id="deactivate_member")
def deactivate_member(request: Asked, member: int) -> Any:
    """Let a member in no more. What they did stays."""
    operations.deactivate_member(request.access, member)
    return shapes.member_item(queries.members().get(pk=member))


@router.post("/{int:member}/reactivate", response=shapes.MemberItem, operation_id="reactivate_member")
def reactivate_member(request: Asked, member: int) -> Any:
    operations.reactivate_member(request.access, member)
    return shapes.member_item(queries.members().get(pk=member))


@invitations.get("", response=shapes.InvitationList, operation_id="list_invitations")
def list_invitations(request: Asked) -> Any:
    """Those that wait."""
    request.access.require("people.manage")
    return {"items": [shapes.invitation_item(each) for each in queries.invitations_waiting()]}


@invitations.post("", response={201: shapes.InvitationMade}, operation_id="invite")
def invite(request: Asked, given: shapes.InvitationIn) -> Any:
    """Invite someone. The token is told this once; the link is /invitation/{token}/."""
    request.access.require("people.manage")
    person = by_key(given.person) if given.person else None
    invitation, token = operations.invite(given.email, given.role, person, by=request.access)
    request.secret = True
    return Status(201, {**shapes.invitation_item(invitation), "token": token})


@invitations.delete("/{int:invitation}", response={204: None}, operation_id="revoke_invitation")
def revoke_invitation(request: Asked, invitation: int) -> Any:
    if not operations.revoke_invitation(invitation, by=request.access):
        raise NotFound(_("There is no such invitation that waits."), code="invitation_over")
    return HttpResponse(status=204)


@keys.get("", response=shapes.KeyList, operation_id="list_keys")
def list_keys(request: Asked) -> Any:
    """Keys in force. Keys themselves are never told again, only how they begin."""
    request.access.require("keys.manage")
    return {"items": [shapes.key_item(key) for key in queries.api_keys()]}


@keys.post("", response={201: shapes.KeyMade}, operation_id="create_key")
def create_key(request: Asked, given: shapes.KeyIn) -> Any:
    """A key with some of one's own scopes. It is told this once."""
    key, token = operations.create_api_key(
        given.name, given.scopes, by=request.access, expires_at=given.expires_at
    )
    request.secret = True
    return Status(201, {**shapes.key_item(key), "key": token})


@keys.delete("/{int:key}", response={204: None}, operation_id="revoke_key")
def revoke_key(request: Asked, key: int) -> Any:
    if not operations.revoke_api_key(key, by=request.access):
        raise NotFound(_("There is no such key in force."), code="key_not_found")
    return HttpResponse(status=204)
