"""LiveKit as the settings page draws it, and how the installation gets at the rest.

Whatever loads LiveKit's packages is imported where it is used: they take half a second, and most processes
talk to no LiveKit server.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from callboard.integrations.livekit.about import CAPABILITIES, NAME
from callboard.lib.integration import Integration, Setting, register
from callboard.sessions.ports import RoomProvider, ServerSettings, providers


def _test(values: Mapping[str, str]) -> str:
    from callboard.integrations.livekit import trial

    return trial.test(values)


def _open(server: ServerSettings) -> RoomProvider:
    from callboard.integrations.livekit.provider import LiveKitRooms

    return LiveKitRooms(server)


@csrf_exempt  # it is signed by the server's own key
@require_POST
def _receive(request: HttpRequest, token: str) -> HttpResponse:
    from callboard.integrations.livekit import hooks

    return hooks.receive(request, token)


INTEGRATION = Integration(
    name=NAME,
    title="LiveKit",
    does=gettext_lazy("Runs rooms on LiveKit servers: one's own, or LiveKit Cloud."),
    settings=(
        Setting(
            name="url",
            label=gettext_lazy("Address"),
            kind="url",
            help=gettext_lazy("As people's browsers reach it, such as wss://rooms.example.org."),
        ),
        Setting(name="api_key", label=gettext_lazy("API key")),
        Setting(name="api_secret", label=gettext_lazy("API secret"), kind="secret"),
        Setting(
            name="egress",
            label=gettext_lazy("LiveKit's recorder"),
            kind="choice",
            help=gettext_lazy("Whether LiveKit's egress service runs beside it."),
            default="no",
            choices=(("no", gettext_lazy("Not there")), ("yes", gettext_lazy("There"))),
        ),
    ),
    capabilities=CAPABILITIES,
    test=_test,
    urls=(path("<str:token>", _receive, name="livekit-hook"),),
    docs="how-to/use-livekit.md",
)


def declare() -> None:
    """Make LiveKit known to the installation. Called by wiring; again changes nothing."""
    register(INTEGRATION)
    providers.register_kind(NAME, CAPABILITIES, _open)
