"""`callboard rooms`: a LiveKit server for an organization, started and stopped as a person would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from callboard.integrations.livekit import binary, local, server
from callboard.integrations.livekit.provider import LiveKitRooms
from callboard.lib.errors import Conflict
from callboard.lib.tenancy import organization_scope
from callboard.sessions import queries
from callboard.sessions.models import Server
from callboard.sessions.ports import ProviderFailed
from tests.support.database import Place
from tests.support.livekit import program

pytestmark = pytest.mark.django_db(transaction=True)


def start(place: Place, folder: Path, *words: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    """The command over this test's database, and what it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "callboard.cli.main", "rooms", "--json", "--port", "0",
         "--data-dir", str(folder), *words],
        env={**os.environ, **place.logins.environment(), "CALLBOARD_SECRET_KEY": settings.SECRET_KEY,
             binary.NAMED: str(program())},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    return process, json.loads(line) if line else {}


def rooms_of(organization: int) -> LiveKitRooms:
    with organization_scope(organization):
        return LiveKitRooms(queries.server_settings(Server.objects.get(slug="rooms")))


def test_it_serves_the_organization_until_it_is_interrupted_and_keeps_its_keys(
    organization: Any, database_place: Place, tmp_path: Path
) -> None:
    process, told = start(database_place, tmp_path)
    rooms = rooms_of(organization.pk)
    assert rooms.poll() == {}
    assert (told["organization"], told["server"]) == ("maple", "rooms")
    with organization_scope(organization.pk):
        assert "0 rooms stand" in Server.objects.get().test_words
    assert (told["url"], told["api_key"]) == (rooms.address.url, rooms.address.key)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    with pytest.raises(ProviderFailed):
        rooms.poll()

    process, again = start(database_place, tmp_path, "maple", "--region", "Madrid")
    assert again["api_key"] == told["api_key"]
    assert rooms_of(organization.pk).address.secret == rooms.address.secret
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    with organization_scope(organization.pk):
        assert Server.objects.get().region == "Madrid"


def test_it_asks_for_which_organization_where_there_are_several(
    organization: Any, other_organization: Any, database_place: Place, tmp_path: Path
) -> None:
    process, told = start(database_place, tmp_path)
    assert process.wait(60) == 2
    assert told["error"]["code"] == "organization_missing"
    assert "birch, maple" in told["error"]["message"]


def test_a_server_of_another_kind_is_not_taken_over(organization: Any) -> None:
    with organization_scope(organization.pk):
        Server.objects.create(slug="rooms", name="Theirs", kind="bigbluebutton")
        with pytest.raises(Conflict):
            local.register(server.place(), "Rooms")
