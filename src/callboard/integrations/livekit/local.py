"""A LiveKit server of this machine's as one of an organization's servers: written down, so that rooms open on
it and its webhooks find their way.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from callboard.integrations.livekit.about import NAME
from callboard.integrations.livekit.server import Keys, Place, new_keys
from callboard.lib import sealing
from callboard.lib.errors import Conflict
from callboard.lib.tenancy import organization_scope
from callboard.sessions.models import Server
from callboard.sessions.operations import servers

SLUG = "rooms"


@dataclass(frozen=True)
class Registered:
    """The server as it is known now. `hook` is the path that its webhooks are sent to."""

    id: int
    slug: str
    keys: Keys
    hook: str


def register(place: Place, name: str, *, slug: str = SLUG, region: str = "") -> Registered:
    """Write down where it answers; again with the same keys, so that what they opened stays open.

    Needs the organization's scope. Raises Conflict where the slug is that of another kind of server.
    """
    server = Server.objects.select_for_update().filter(slug=slug).first() or Server(slug=slug, kind=NAME)
    if server.kind != NAME:
        raise Conflict(f"The server “{slug}” is set up as {server.kind}.", code="taken")
    known = server.values() if server.pk else {}
    keys = Keys(known["api_key"], known["api_secret"]) if known.get("api_secret") else new_keys()
    server.name, server.region, server.enabled = name, region, True
    server.settings = {"egress": "no", **server.settings, "url": place.url, "api_key": keys.key}
    server.sealed = sealing.seal(json.dumps({"api_secret": keys.secret}))
    server.save()
    return Registered(server.pk, server.slug, keys, f"/hooks/{NAME}/{server.hook_token()}")


def try_out(organization: int, registered: Registered) -> None:
    """Try it as the settings page does, now that it answers, and keep what came of it. Opens transactions."""
    with organization_scope(organization):
        values = servers.by_id(registered.id).values()
    found = servers.trial(NAME, values)
    with organization_scope(organization):
        servers.note_trial(registered.id, found)
