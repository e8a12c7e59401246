"""Who is looking: the access of the login, and the zone that times are told in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from callboard.lib import tenancy
from callboard.lib.errors import CallboardError, Forbidden
from callboard.people.access import Access, memberships
from callboard.people.models import Role
from callboard.web import times
from callboard.web.access import access_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

STAFF: tuple[str, ...] = (Role.ADMIN.value, Role.COORDINATOR.value)
EVERYONE: tuple[str, ...] = (*STAFF, Role.INSTRUCTOR.value, Role.GUARDIAN.value, Role.STUDENT.value)


@dataclass(frozen=True)
class Viewer:
    """`tz` is the person's own zone where they have said one, else the organization's."""

    access: Access
    tz: ZoneInfo

    @property
    def role(self) -> str:
        return self.access.role

    @property
    def role_name(self) -> str:
        return str(Role(self.access.role).label)

    @property
    def is_staff(self) -> bool:
        return self.access.role in STAFF

    @property
    def is_admin(self) -> bool:
        return self.access.role == Role.ADMIN

    @property
    def name(self) -> str:
        return self.access.name

    @property
    def member(self) -> int:
        return self.access.member or 0

    @property
    def person(self) -> int:
        return self.access.person or 0


def viewer_of(access: Access) -> Viewer:
    return Viewer(access, times.zone(access.zone))


def page(*roles: str) -> Callable[[Callable[Concatenate[HttpRequest, Viewer, P], HttpResponse]], View[P]]:
    """Let a view be seen by these roles alone (none named: by all), in its organization's scope.

    The view runs in one transaction and gets the Viewer as its second argument. An expected failure becomes
    a page, or for a script its words alone.
    """

    def declare(view: Callable[Concatenate[HttpRequest, Viewer, P], HttpResponse]) -> View[P]:
        @functools.wraps(view)
        def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                viewer = viewer_of(access_of(request))
                if roles and viewer.role not in roles:
                    raise Forbidden
                with tenancy.organization_scope(viewer.access.organization):
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
    if error.code == "no_membership":
        # Every other page would say the same: the one thing left to do is to sign out.
        context = {"rows": [], "title": error}
        return render(request, "web/organizations.html", context, status=error.status)
    context = {"error": error, **_elsewhere(request, error)}
    return render(request, "web/failed.html", context, status=error.status)


def _elsewhere(request: HttpRequest, error: CallboardError) -> dict[str, Any]:
    """For whoever works for several organizations: where else it may be. Said of everything that is not here,
    so that it tells nothing of what is there.
    """
    if error.status != 404 or request.method != "GET":
        return {}
    try:
        access = access_of(request)
    except CallboardError:
        return {}
    if not access.several or access.user is None:
        return {}
    others = [each for each in memberships(access.user) if each.organization != access.organization]
    return {"here": access.organization_name, "others": others, "next": request.get_full_path()}
