"""BigBlueButton as the settings page draws it, and how the installation gets at the rest."""

from __future__ import annotations

import time
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from callboard.integrations.bigbluebutton.capabilities import CAPABILITIES
from callboard.lib.integration import Integration, IntegrationFailed, Setting, register
from callboard.sessions.ports import ProviderFailed, RoomProvider, ServerSettings, providers

NAME = "bigbluebutton"


def _test(values: Mapping[str, str]) -> str:
    from callboard.integrations.bigbluebutton.api import Address, ask

    began = time.monotonic()
    try:
        meetings = len(list(ask(Address.of(values), "getMeetings").iter("meeting")))
    except ProviderFailed as failure:
        raise IntegrationFailed(str(failure)) from failure
    took = round((time.monotonic() - began) * 1000)
    return ngettext(
        "BigBlueButton answers in %(ms)d ms; %(meetings)d meeting stands.",
        "BigBlueButton answers in %(ms)d ms; %(meetings)d meetings stand.",
        meetings,
    ) % {"ms": took, "meetings": meetings}


def _open(server: ServerSettings) -> RoomProvider:
    from callboard.integrations.bigbluebutton.provider import BigBlueButtonRooms

    return BigBlueButtonRooms(server)


@csrf_exempt  # it is signed by the server's own secret
@require_POST
def _receive(request: HttpRequest, token: str) -> HttpResponse:
    from callboard.integrations.bigbluebutton import hooks

    return hooks.receive(request, token)


INTEGRATION = Integration(
    name=NAME,
    title="BigBlueButton",
    does=gettext_lazy("Runs rooms on BigBlueButton servers, and hears of them by webhooks."),
    settings=(
        Setting(
            name="url",
            label=gettext_lazy("Address"),
            kind="url",
            help=gettext_lazy("As people’s browsers reach it, such as https://bbb.example.org."),  # noqa: RUF001
        ),
        Setting(
            name="secret",
            label=gettext_lazy("Shared secret"),
            kind="secret",
            help=gettext_lazy("What “bbb-conf --secret” says on the server."),
        ),
    ),
    capabilities=CAPABILITIES,
    test=_test,
    urls=(path("<str:token>", _receive, name="bigbluebutton-hook"),),
    docs="how-to/use-bigbluebutton.md",
)


def declare() -> None:
    """Make BigBlueButton known to the installation. Called by wiring; again changes nothing."""
    register(INTEGRATION)
    providers.register_kind(NAME, CAPABILITIES, _open)
