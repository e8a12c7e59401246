"""Who stands before a session's door: what their link leads to, and whether it is they.

It is they where their own login is signed in, or that of whoever answers for them, or where this browser is
a device that they have confirmed. Such a browser keeps a token of its own for each person, in a cookie that
goes to the door alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from callboard.lib import tenancy
from callboard.lib.errors import CallboardError
from callboard.people import queries as people
from callboard.people.access import Access, access_of_user
from callboard.people.models import Person, User
from callboard.sessions.operations import devices, links

YEAR_S = 365 * 86400
PATH = "/j/"


@dataclass(frozen=True)
class Caller:
    """`known`: it is the link's person. `other`: the name of somebody else who is signed in. `staff`: they
    coordinate here.
    """

    organization: int
    door: links.Door
    known: bool
    other: str = ""
    staff: bool = False


def knock(request: HttpRequest, token: str) -> Caller:
    """Read it all in one transaction, which is over after it. Raises NotFound (`link_unknown`)."""
    organization = links.organization_of(token)
    access = access_in(request, organization)
    with tenancy.organization_scope(organization):
        door = links.resolve(token)
        theirs = access is not None and door.person.pk in people.own_people(access)
        known = theirs or knows(request, organization, door.person)
        other = "" if access is None or theirs else access.name
        return Caller(organization, door, known, other, access is not None and access.may("sessions.read"))


def remember(response: HttpResponse, caller: Caller, token: str) -> None:
    """Let this browser keep the token of a device that was just confirmed."""
    keep(response, caller.organization, caller.door.person, token, PATH)


def keep(response: HttpResponse, organization: int, person: Person, token: str, path: str) -> None:
    """The same for one person's pages under a path, and no others."""
    response.set_cookie(
        _cookie(organization, person),
        token,
        max_age=YEAR_S,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def knows(request: HttpRequest, organization: int, person: Person) -> bool:
    """Whether this browser is one of a person's confirmed devices. Needs the organization's scope."""
    return devices.knows(person, request.COOKIES.get(_cookie(organization, person), ""))


def _cookie(organization: int, person: Person) -> str:
    return f"door-{organization}-{person.pk}"


def access_in(request: HttpRequest, organization: int) -> Access | None:
    """What whoever is signed in may do in the link's organization; None where that is nothing."""
    if not isinstance(request.user, User):
        return None
    try:
        return access_of_user(request.user, organization)
    except CallboardError:
        return None
