"""A real LiveKit server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from callboard.integrations.livekit.provider import LiveKitRooms
from tests.support.livekit import Server, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One that tells nobody what happens."""
    with running(tmp_path_factory.mktemp("livekit")) as standing:
        yield standing


@pytest.fixture
def rooms(server: Server) -> LiveKitRooms:
    """The port filled for it."""
    return LiveKitRooms(server.settings())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
