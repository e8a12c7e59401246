"""Trying a server's settings before anybody relies on them."""

from __future__ import annotations

import time
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from livekit.api import ListEgressRequest, ListRoomsRequest

from callboard.integrations.livekit.api import ask
from callboard.integrations.livekit.provider import address_of
from callboard.lib.integration import IntegrationFailed
from callboard.sessions.ports import ProviderFailed


def test(values: Mapping[str, str]) -> str:
    """Ask for the rooms, and for the recorders where there should be some. Raises IntegrationFailed."""
    address = address_of(values)
    began = time.monotonic()
    try:
        rooms = len(ask(address, lambda api: api.room.list_rooms(ListRoomsRequest())).rooms)
    except ProviderFailed as failure:
        raise IntegrationFailed(str(failure)) from failure
    took = round((time.monotonic() - began) * 1000)
    if values.get("egress") == "yes":
        try:
            ask(address, lambda api: api.egress.list_egress(ListEgressRequest(active=True)))
        except ProviderFailed as failure:
            words = _("LiveKit answers, but its egress service does not: nothing can be recorded by it.")
            raise IntegrationFailed(words) from failure
    return ngettext(
        "LiveKit answers in %(ms)d ms; %(rooms)d room stands.",
        "LiveKit answers in %(ms)d ms; %(rooms)d rooms stand.",
        rooms,
    ) % {"ms": took, "rooms": rooms}
