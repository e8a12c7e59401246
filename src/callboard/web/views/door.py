"""The door of a session: what a join link says, who it is, and what lets them in."""

from __future__ import annotations

import contextlib
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from callboard.lib import clock, tenancy
from callboard.lib.errors import Busy, CallboardError, Conflict, NotFound
from callboard.people import queries as people
from callboard.people.models import Role
from callboard.sessions.models import Participant
from callboard.sessions.operations import devices, letters, links
from callboard.web import sealed
from callboard.web.knocking import Caller, knock, remember
from callboard.web.presenters import classroom as room_words
from callboard.web.presenters import door as presenter
from callboard.web.viewer import Viewer, page
from callboard.workflows import enter_room


@require_safe
@sealed.page
def show(request: HttpRequest, token: str) -> HttpResponse:
    """What the link leads to and when; for whom it is, the check of their devices and the way in."""
    try:
        caller = knock(request, token)
    except CallboardError as error:
        return render(request, "door/nowhere.html", {"error": error}, status=error.status)
    return _page(request, token, caller)


@require_safe
@sealed.page
def state(request: HttpRequest, token: str) -> HttpResponse:
    """In a few bytes, for a page that waits."""
    try:
        caller = knock(request, token)
    except CallboardError as error:
        return JsonResponse({"state": error.code}, status=error.status)
    return JsonResponse({"state": presenter.shown_state(caller)})


@require_POST
@sealed.page
def code(request: HttpRequest, token: str) -> HttpResponse:
    """Send a code to the person's address."""
    try:
        caller = knock(request, token)
        with tenancy.organization_scope(caller.organization):
            devices.send_code(caller.door.person)
    except Busy as error:
        return _page(request, token, caller, problem=presenter.too_many(error.retry_after), status=429)
    except Conflict as error:
        return _page(request, token, caller, problem=str(error), status=409)
    except CallboardError as error:
        return render(request, "door/nowhere.html", {"error": error}, status=error.status)
    return redirect("web:door", token)


@require_POST
@sealed.page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Try the code that was typed; right, this browser is let in from now on."""
    try:
        caller = knock(request, token)
    except CallboardError as error:
        return render(request, "door/nowhere.html", {"error": error}, status=error.status)
    typed = "".join(each for each in request.POST.get("code", "") if each.isdecimal())
    with tenancy.organization_scope(caller.organization):
        tried = devices.confirm(
            caller.door.person, typed, presenter.device(request.headers.get("User-Agent", ""))
        )
    if not tried.token:
        return _page(request, token, caller, problem=presenter.wrong_code(tried.left), status=422)
    response = redirect("web:door", token)
    remember(response, caller, tried.token)
    return response


@require_POST
@sealed.page
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """What opens the room, as JSON; else what the door says, and whether it is worth asking again."""
    try:
        caller = knock(request, token)
    except CallboardError as error:
        return JsonResponse({"state": error.code, "title": str(error), "wait": False}, status=error.status)
    if not caller.known:
        return JsonResponse({"state": "unknown", "title": presenter.who_are_you(), "wait": False}, status=403)
    if not caller.door.lets_in:
        return JsonResponse(presenter.refusal(caller))
    try:
        entered = enter_room.enter(caller.organization, caller.door)
    except enter_room.NotReady:
        return JsonResponse(presenter.refusal(caller, "not_ready"))
    entry = entered.entry
    return JsonResponse(
        {
            "state": "open",
            "kind": entry.kind,
            "url": entry.url,
            "token": entry.token,
            "room": entered.room,
            "reports": entered.reports,
        }
    )


@require_safe
@sealed.page
def room(request: HttpRequest, token: str) -> HttpResponse:
    """The classroom, or the way to where a room elsewhere is entered.

    Whoever may not come in now is sent back to the door, which says why.
    """
    try:
        caller = knock(request, token)
    except CallboardError as error:
        return render(request, "door/nowhere.html", {"error": error}, status=error.status)
    if not caller.known or not caller.door.lets_in:
        return redirect("web:door", token)
    with contextlib.suppress(enter_room.NotReady):  # then the classroom waits for it
        entry = enter_room.enter(caller.organization, caller.door).entry
        if entry.kind == "link":
            return redirect(entry.url)
    with tenancy.organization_scope(caller.organization):
        view = room_words.view(caller.door, token, clock.now())
    return render(request, "door/classroom.html", {"room": view})


@page(Role.INSTRUCTOR, Role.STUDENT, Role.GUARDIAN)
def join(request: HttpRequest, viewer: Viewer, key: str) -> HttpResponse:
    """To the door of one's own session, or of the child's that one answers for."""
    theirs = people.own_people(viewer.access)
    part = (
        Participant.objects.filter(session__key=key, active=True, person_id__in=theirs).order_by("pk").first()
    )
    if part is None:
        raise NotFound
    return redirect(links.path_for(part.person_id, key))


def _page(
    request: HttpRequest, token: str, caller: Caller, *, problem: str = "", status: int = 200
) -> HttpResponse:
    person = caller.door.person
    with tenancy.organization_scope(caller.organization):
        known = caller.known
        context: dict[str, Any] = {
            "door": presenter.view(caller, token, clock.now()),
            "waiting": not known and devices.is_waiting(person),
            "addresses": [] if known else [letters.masked(each) for each in letters.addresses(person)],
            "problem": problem,
        }
    return render(request, "door/door.html", context, status=status)
