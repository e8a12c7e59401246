"""Who is looking: the login, its membership, and the zone that times are told in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone as django_timezone

from callboard.lib import tenancy
from callboard.lib.errors import CallboardError
from callboard.people.models import Member, Organization, Role, User
from callboard.web import times

P = ParamSpec("P")

STAFF = (Role.ADMIN, Role.COORDINATOR)
EVERYONE = (*STAFF, Role.INSTRUCTOR, Role.GUARDIAN, Role.STUDENT)


@dataclass(frozen=True)
class Viewer:
    """`tz` is the person's own zone where they have said one, else the organization's."""

    user: User
    member: Member
    organization: Organization
    tz: ZoneInfo

    @property
    def role(self) -> str:
        return self.member.role

    @property
    def is_staff(self) -> bool:
        return self.member.role in STAFF

    @property
    def is_admin(self) -> bool:
        return self.member.role == Role.ADMIN

    @property
    def name(self) -> str:
        return self.user.name or self.user.email


class NoMembership(CallboardError):
    code = "no_membership"
    status = 403


def viewer_of(user: User, wanted: int | None = None) -> Viewer:
    """The viewer that a login is, in the organization wanted or else its first."""
    with tenancy.user_scope(user.pk):
        members = list(
            QuerySet(Member)
            .filter(user=user, deactivated_at=None)
            .select_related("organization", "person")
            .order_by("organization_id")
        )
    if not members:
        raise NoMembership
    member = next((each for each in members if each.organization_id == wanted), members[0])
    organization = member.organization
    zone_name = user.zone or (member.role not in STAFF and member.person and member.person.zone) or organization.zone
    return Viewer(user, member, organization, times.zone(str(zone_name)))


def of_request(request: HttpRequest) -> Viewer:
    assert isinstance(request.user, User)
    wanted = request.session.get("organization")
    return viewer_of(request.user, wanted if isinstance(wanted, int) else None)


def page(
    *roles: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Viewer, P], HttpResponse]], Callable[Concatenate[HttpRequest, P], HttpResponse]
]:
    """Let a view be seen by these roles alone, within their organization's scope and one transaction.

    The view gets the Viewer as its second argument. An expected failure becomes a page, or for a script an
    answer with the words alone.
    """

    def declare(
        view: Callable[Concatenate[HttpRequest, Viewer, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @functools.wraps(view)
        def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                viewer = of_request(request)
                if roles and viewer.role not in roles:
                    raise PermissionDenied
                with tenancy.organization_scope(viewer.organization.pk), django_timezone.override(viewer.tz):
                    return view(request, viewer, *args, **kwargs)
            except CallboardError as error:
                return failed(request, error)

        guarded: Any = login_required(inner)
        return guarded  # type: ignore[no-any-return]

    return declare


def failed(request: HttpRequest, error: CallboardError) -> HttpResponse:
    """An expected failure, as a page; as bare words where a script asked."""
    if request.headers.get("X-Live") or request.headers.get("HX-Request"):
        return HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
    return render(request, "web/failed.html", {"error": error}, status=error.status)
