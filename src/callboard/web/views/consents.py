"""What may be done with what is said: answered by whoever speaks for a person, signed in or by their link.

The link finds the page; to say anything, the browser is signed in as the person or was confirmed once by a
code, as at the door of a session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from callboard.lib import clock, tenancy
from callboard.lib.errors import Busy, CallboardError, Conflict, Forbidden
from callboard.people import operations, queries
from callboard.people.models import ConsentSaid, ConsentWay, ConsentWord, Person, Role
from callboard.sessions.operations import devices, letters
from callboard.web import knocking, sealed, times
from callboard.web.presenters import consents as presenter
from callboard.web.presenters import door as door_words
from callboard.web.presenters import frame
from callboard.web.viewer import Viewer, page

DECIDERS = (Role.INSTRUCTOR.value, Role.GUARDIAN.value, Role.STUDENT.value)
PATH = "/c/"


@page(*DECIDERS)
def show(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """GET lists them by person; POST says yes or no to one (`person`, `kind`, `do`: give or withdraw)."""
    if request.method == "POST":
        me = queries.person(viewer.person)
        if me is None:
            raise Forbidden(code="not_theirs")
        _say(request, me, ConsentWay.SIGN_IN)
        return redirect("web:consents")
    context = {
        "frame": frame.frame(viewer, clock.now(), "you"),
        "people": presenter.rows(queries.decides_for(viewer.access), viewer.person, viewer.tz),
    }
    return render(request, "web/consents.html", context)


# -- by a link


@dataclass(frozen=True)
class _Visitor:
    organization: int
    person: Person
    known: bool
    other: str


@require_http_methods(["GET", "HEAD", "POST"])
@sealed.page
def linked(request: HttpRequest, token: str) -> HttpResponse:
    """The same by a link. Who is not known yet is asked for a code first, and told nobody's name."""
    try:
        visitor = _visitor(request, token)
        if request.method == "POST":
            if not visitor.known:
                raise Forbidden(code="not_confirmed")
            with tenancy.organization_scope(visitor.organization):
                _say(request, visitor.person, ConsentWay.LINK)
            return redirect("web:consent_link", token)
    except CallboardError as error:
        return render(request, "door/nowhere.html", {"error": error}, status=error.status)
    return _page(request, token, visitor)


@require_POST
@sealed.page
def code(request: HttpRequest, token: str) -> HttpResponse:
    """Send a code to the address of whose page it is."""
    try:
        visitor = _visitor(request, token)
        with tenancy.organization_scope(visitor.organization):
            devices.send_code(visitor.person)
    except Busy as error:
        return _page(request, token, visitor, problem=door_words.too_many(error.retry_after), status=429)
    except Conflict as error:
        return _page(request, token, visitor, problem=str(error), status=409)
    except CallboardError as error:
        return render(request, "door/nowhere.html", {"error": error}, status=error.status)
    return redirect("web:consent_link", token)


@require_POST
@sealed.page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Try the code that was typed; right, this browser is known from now on."""
    try:
        visitor = _visitor(request, token)
    except CallboardError as error:
        return render(request, "door/nowhere.html", {"error": error}, status=error.status)
    typed = "".join(each for each in request.POST.get("code", "") if each.isdecimal())
    label = door_words.device(request.headers.get("User-Agent", ""))
    with tenancy.organization_scope(visitor.organization):
        tried = devices.confirm(visitor.person, typed, label)
    if not tried.token:
        return _page(request, token, visitor, problem=door_words.wrong_code(tried.left), status=422)
    response = redirect("web:consent_link", token)
    knocking.keep(response, visitor.organization, visitor.person, tried.token, PATH)
    return response


def _visitor(request: HttpRequest, token: str) -> _Visitor:
    organization = operations.organization_of_consent_link(token)
    access = knocking.access_in(request, organization)
    with tenancy.organization_scope(organization):
        person = operations.open_consent_link(token)
        theirs = access is not None and access.person == person.pk
        known = theirs or knocking.knows(request, organization, person)
        if known:
            operations.consent_link_used(person)
    return _Visitor(organization, person, known, access.name if access and not theirs else "")


def _page(
    request: HttpRequest, token: str, visitor: _Visitor, *, problem: str = "", status: int = 200
) -> HttpResponse:
    person = visitor.person
    with tenancy.organization_scope(visitor.organization):
        organization = queries.organization()
        tz = times.zone(person.zone or organization.zone)
        here = reverse("web:consent_link", args=[token])
        context: dict[str, Any] = {
            "organization": organization.name,
            "known": visitor.known,
            "other": visitor.other,
            "problem": problem,
            "confirm_at": reverse("web:consent_confirm", args=[token]),
            "code_at": reverse("web:consent_code", args=[token]),
            "sign_in_at": f"{reverse('account_login')}?{urlencode({'next': here})}",
        }
        with translation.override(person.locale or organization.locale):
            if visitor.known:
                people = queries.spoken_for(person.pk)
                context["people"] = presenter.rows(people, person.pk, tz)
            else:
                context["first"] = times.first(person.name)
                context["waiting"] = devices.is_waiting(person)
                context["addresses"] = [letters.masked(each) for each in letters.addresses(person)]
            return render(request, "door/consents.html", context, status=status)


def _say(request: HttpRequest, me: Person, way: ConsentWay) -> None:
    """What was pressed, and what follows from it in words. Raises Forbidden (`not_theirs`), Invalid."""
    theirs = {str(each.pk): each for each in queries.spoken_for(me.pk)}
    person = theirs.get(request.POST.get("person", ""))
    if person is None:
        raise Forbidden(code="not_theirs")
    yes = request.POST.get("do") == "give"
    word = operations.answer_consent(person, request.POST.get("kind", ""), yes=yes, by=me, way=way)
    messages.info(request, _follows(word))


def _follows(word: ConsentWord | None) -> str:
    if word is None:
        return _("That is what you had said already.")
    if word.said == ConsentSaid.GIVEN:
        return _("Kept: yes. It happens only where everyone in a session has said yes.")
    if word.said == ConsentSaid.WITHDRAWN:
        return _("Kept: no. From now on nothing more of it is done, also in a session that runs.")
    return _("Kept: no.")
