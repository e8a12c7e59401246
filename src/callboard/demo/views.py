"""Entering the simulated school by a link, and its controls: how often things go wrong, and what did."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login as let_in
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from callboard.demo.provider.adapter import ask
from callboard.demo.tickets import opened, opened_join
from callboard.lib.errors import CallboardError
from callboard.lib.tenancy import organization_scope
from callboard.people.models import User
from callboard.sessions.operations import devices
from callboard.sessions.ports import ProviderFailed
from callboard.web.knocking import knock, remember

PACES = (0, 0.5, 1, 2, 4)


@require_GET
def login(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in whom the ticket names, each time it is used."""
    try:
        email = opened(token)
    except signing.BadSignature as error:
        raise Http404 from error
    user = User.objects.filter(email=email).first()
    if user is None:
        raise Http404
    let_in(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("/")


@require_GET
def join(request: HttpRequest, token: str) -> HttpResponse:
    """To a session's door, as the person of a join link: this browser becomes a device of theirs.

    Two people can so be two tabs of one browser.
    """
    try:
        link = opened_join(token)
        caller = knock(request, link)
    except (signing.BadSignature, CallboardError) as error:
        raise Http404 from error
    response = redirect("web:door", link)
    if not caller.known:
        with organization_scope(caller.organization):
            remember(response, caller, devices.admit(caller.door.person, "Demo"))
    return response


@csrf_exempt  # it changes nothing but a simulation on one's own machine, and programs may use it too
@require_http_methods(["GET", "POST"])
def pace(request: HttpRequest) -> HttpResponse:
    """How often things go wrong: shown, and set with `pace`."""
    try:
        if request.method == "POST":
            ask("PUT", "pace", pace=float(request.POST.get("pace", "")))
        now = ask("GET", "pace")["pace"]
    except ValueError:
        return JsonResponse({"code": "bad_pace"}, status=400)
    except ProviderFailed as error:
        return JsonResponse({"code": "provider_failed", "message": str(error)}, status=503)
    if "text/html" not in request.headers.get("accept", ""):
        return JsonResponse({"pace": now})
    buttons = format_html(
        "{}" * len(PACES),
        *(
            format_html(
                '<button name="pace" value="{}"{}>{}</button> ',
                each,
                " disabled" if each == now else "",
                each,
            )
            for each in PACES
        ),
    )
    return HttpResponse(
        format_html(
            '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">'
            '<title>{title}</title><body style="font: 16px/1.5 sans-serif; margin: 2rem">'
            "<h1>{title}</h1><p>{words}</p><form method=post>{buttons}</form>",
            title=_("Pace of the simulated school"),
            words=_("How often things go wrong; at 0, nothing new does."),
            buttons=buttons,
        )
    )


@require_GET
def faults(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """What was put wrong lately, and which cases it demands: to check those that were raised against."""
    try:
        return JsonResponse({"items": ask("GET", "faults")})
    except ProviderFailed as error:
        return JsonResponse({"code": "provider_failed", "message": str(error)}, status=503)
