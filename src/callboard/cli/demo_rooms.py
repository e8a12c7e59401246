"""The demo's real rooms: a LiveKit server beside the simulated school, and a lesson for two tabs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from callboard.cli import failures
from callboard.lib.processes import programs
from callboard.lib.processes.supervisor import Program

if TYPE_CHECKING:
    from callboard.demo.stage.build import Built

NAME = "Rooms on this machine"


def beside(built: Built, binary: Path, folder: Path, url: str) -> Iterator[Program]:
    """The programs that a real room needs: the server, which tells `url` what happens, and a recorder."""
    from callboard.integrations.livekit import local, server
    from callboard.lib.tenancy import organization_scope

    try:
        place = server.place()
    except OSError as error:
        raise failures.Failed(f"No free ports for rooms: {error}") from error
    with organization_scope(built.organization):
        registered = local.register(place, NAME)
    yield server.program(binary, folder / "rooms", place, registered.keys, url + registered.hook)
    yield programs.recorder()


def links(built: Built, url: str) -> dict[str, str]:
    """How to come into the real lesson as its instructor and as a student. No links where there is none."""
    from callboard.demo.tickets import join_ticket
    from callboard.integrations.livekit.local import SLUG
    from callboard.lib import facts
    from callboard.lib.tenancy import organization_scope
    from callboard.sessions import queries
    from callboard.sessions.facts import ServerTestAsked
    from callboard.sessions.models import ParticipantRole, Server
    from callboard.sessions.operations import links

    if built.real is None:
        return {}
    found: dict[str, str] = {}
    with organization_scope(built.organization):
        facts.publish(ServerTestAsked(server=Server.objects.get(slug=SLUG).pk))  # it answers by now
        for one in queries.participants(queries.by_key(built.real)):
            who = "instructor" if one.role == ParticipantRole.INSTRUCTOR else "student"
            token = links.path_for(one.person_id, built.real).rpartition("/")[2]
            found.setdefault(f"{who}_link", f"{url}/demo/join/{join_ticket(token)}")
    return {"session": built.real, **found}
