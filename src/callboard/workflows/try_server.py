"""A server of rooms is tried with the settings that it has: after they were changed, and on a person's wish.

1. Its settings are read, 2. it is asked outside any transaction, 3. what came of it is kept. Killed: tried
again. One that is gone meanwhile is passed over.
"""

from __future__ import annotations

from typing import Any

from callboard.lib import facts, jobs, sealing
from callboard.lib.tenancy import organization_scope
from callboard.sessions.facts import ServerTestAsked
from callboard.sessions.models import Server
from callboard.sessions.operations import servers


@jobs.job(queue="rooms", retry=3, name="try_server.try_out")
def try_out(organization: int, fact: dict[str, Any]) -> None:
    """Do it."""
    told = facts.read(ServerTestAsked, fact)
    with organization_scope(organization):
        server = Server.objects.filter(pk=told.server).first()
        if server is None:
            return
        try:
            values = server.values()
        except sealing.CannotOpen as error:
            servers.note_trial(server.pk, servers.Trial(str(error), failed=True))
            return
    found = servers.trial(server.kind, values)
    with organization_scope(organization):
        servers.note_trial(server.pk, found)
