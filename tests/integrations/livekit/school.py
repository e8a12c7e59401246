"""A school with a LiveKit server and a lesson that goes on now, committed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from callboard.lib import clock, sealing
from callboard.lib.tenancy import organization_scope
from callboard.live.log import Line, PostgresLog
from callboard.people.models import Person
from callboard.sessions.models import Room, Server
from callboard.sessions.operations import book, room_ready
from tests.sessions.conftest import Cast


@dataclass(frozen=True)
class School:
    """`iris` teaches `ana`: their keys are their identities in the room, which is named by the session."""

    organization: int
    server: int
    hook: str
    session: str
    iris: str
    ana: str

    def lines(self) -> list[Line]:
        """The evidence of the lesson so far."""
        with organization_scope(self.organization):
            return [stored.line for stored in PostgresLog().of_session(self.organization, self.session)]

    def told(self) -> dict[str, str]:
        """Kind by id, plans and the like left out."""
        kinds = ("room.", "participant.", "track.", "recording.")
        return {line.id: line.kind for line in self.lines() if line.kind.startswith(kinds)}

    def of(self, kind: str) -> list[Line]:
        return [line for line in self.lines() if line.kind == kind]

    def of_provider(self) -> bool:
        """Whether a poll of the provider lies in the log."""
        with organization_scope(self.organization):
            lines = PostgresLog().of_session(self.organization, "livekit/local")
            return any(stored.line.kind == "provider.polled" for stored in lines)

    def inside(self) -> set[str]:
        """Who is in, by what webhooks and polls have told."""
        out = {json.loads(line.data)["connection"] for line in self.of("participant.left")}
        came = {
            json.loads(line.data)["connection"]: line.participant for line in self.of("participant.joined")
        }
        return {who for connection, who in came.items() if connection not in out and who}


def make_school(organization: Any, values: Mapping[str, str]) -> School:
    """`values` as a person fills them in."""
    with organization_scope(organization.pk):
        cast = Cast()
        server = Server.objects.create(
            slug="local", name="Local", kind="livekit",
            settings={name: value for name, value in values.items() if name != "api_secret"},
            sealed=sealing.seal(json.dumps({"api_secret": values["api_secret"]})),
        )  # fmt: skip
        starts = clock.now() - timedelta(minutes=5)
        booking = cast.booking(provider="livekit", starts_at=starts, ends_at=starts + timedelta(hours=1))
        session = book(booking)
        room_ready(session.key, session.key, values["url"], "", "local")
        Room.objects.filter(session=session).update(server=server)
        keys = dict(Person.objects.values_list("name", "key"))
        hook = f"/hooks/livekit/{server.hook_token()}"
        return School(organization.pk, server.pk, hook, session.key, keys["Iris"], keys["Ana"])
