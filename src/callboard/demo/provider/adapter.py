"""Fills `sessions.ports.RoomProvider` by talking to the simulated provider, as an integration would."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from callboard.sessions.ports import (
    CREATE_ROOM,
    END_ROOM,
    POLL,
    RECORD,
    Leave,
    ProviderFailed,
    RoomInfo,
    RoomOrder,
    Unable,
    providers,
)

URL, TOKEN = "CALLBOARD_DEMO_PROVIDER", "CALLBOARD_DEMO_TOKEN"
PATIENCE = 5.0  # seconds

CAPABILITIES: Mapping[str, frozenset[str]] = {
    "meridian": frozenset({CREATE_ROOM, END_ROOM, RECORD, POLL}),
    "aulario": frozenset({CREATE_ROOM, END_ROOM, RECORD, POLL}),
    "outside": frozenset({CREATE_ROOM, END_ROOM}),
    "simulator": frozenset({CREATE_ROOM, END_ROOM, RECORD, POLL}),
}
"""The providers of the simulated school, and what each can do. The last is what sessions have by default."""


class SimulatedProvider(Unable):
    """One of the providers of the simulated school. Where it is comes from the environment."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.capabilities = CAPABILITIES[name]

    def create_room(self, session: RoomOrder) -> RoomInfo:
        said = ask("PUT", f"rooms/{session.key}", starts=round(session.starts_at.timestamp() * 1000))
        return RoomInfo(said["external_id"], said["url"], said["region"], said["node"])

    def end_room(self, external_id: str) -> None:
        ask("DELETE", f"rooms/{external_id}")

    def start_recording(self, leave: Leave) -> None:
        ask("PUT", f"rooms/{leave.external_id}/recorders/{leave.request}")

    def stop_recording(self, external_id: str) -> None:
        ask("DELETE", f"rooms/{external_id}/recorders")

    def poll(self) -> Mapping[str, int]:
        said: dict[str, int] = ask("GET", "rooms")
        return said


def register() -> None:
    """Fill the port for every provider of the simulated school."""
    for name in CAPABILITIES:
        providers.register(name, SimulatedProvider(name))


def ask(method: str, path: str, **body: Any) -> Any:
    """One request to the provider's API. Raises ProviderFailed."""
    request = urllib.request.Request(  # noqa: S310 - our own, on loopback
        f"{os.environ.get(URL, '')}/{path}",
        data=json.dumps(body).encode(),
        method=method,
        headers={
            "authorization": f"Bearer {os.environ.get(TOKEN, '')}",
            "content-type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        words = {503: "The provider has no room to give now.", 404: "The provider has no such room."}
        raise ProviderFailed(words.get(error.code, f"The provider answered {error.code}.")) from error
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise ProviderFailed(f"The provider did not answer in {PATIENCE:.0f} s.") from error
